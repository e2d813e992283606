"""Guests under Docker, beyond what the guide shows: refusals, hostile guests, and what must go on for plain containers."""

import json
import os
import signal
import subprocess
import time

from support import end, get, image, run, test, until

SERVER = """
import http.server, signal, sys

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"from Python")

def end(number, frame):
    print("ends as it was told", flush=True)
    sys.exit(7)

signal.signal(signal.SIGTERM, end)
http.server.HTTPServer(("0.0.0.0", 8080), Answer).serve_forever()
"""

CONFIG = "/etc/berkeley/runtime.toml"


def docker(*words, **options):
    return run("/usr/bin/docker", *words, **options)


def load(name, files, entry, env=()):
    image("image.tar", f"{name}:latest", files, entry, env)
    docker("load", "-i", "image.tar")


def node(text):
    with open(CONFIG, "w") as file:
        file.write(text)


def guest(*words, options=(), code=0):
    """What a guest says that tries these words."""
    return docker("run", "--rm", "--runtime=berkeley", *options, "contained", *words, code=code)


with open("/etc/docker/daemon.json", "w") as file:
    file.write('{"runtimes": {"berkeley": {"path": "/usr/local/bin/berkeley-runc"}}}')
run("/usr/bin/systemctl", "restart", "docker")
load("contained", {"/contained.wasm": "contained.wasm", "/etc/hosts-of-image": b"x"}, ["/contained.wasm"], ["A=b c"])
load("app", {"/app.wasm": "app.wasm"}, ["/app.wasm"])
load("plain", {"/bin/tini": "/usr/bin/docker-init"},
     ["/bin/tini", "--version"])
OPEN = "environment = true\n"
node(OPEN)


@test
def a_guest_has_its_files_and_no_others():
    os.makedirs("volume", exist_ok=True)
    with open("volume/v", "w") as file:
        file.write("volume")
    said = guest("list", "/", "read", "/etc/hosts-of-image", "read", "/volume/v", "write", "/volume/w", "write", "/new",
                 "read", "/new", "env", "A", "env", "BERKELEY_ALLOW", "read", "/etc/hosts", "read", "/etc/resolv.conf",
                 options=["-v", f"{os.getcwd()}/volume:/volume", "--tmpfs", "/scratch"])
    for line in ["/etc/hosts-of-image: 1 bytes", "/volume/v: 6 bytes", "/volume/w: written", "/new: written",
                 "/new: 1 bytes", 'A Some("b c")', "BERKELEY_ALLOW None"]:
        assert line in said, said
    assert "/etc/hosts: error" not in said and "/etc/resolv.conf: error" not in said, said
    assert open("volume/w").read() == "x"


@test
def a_guest_does_not_leave_webassembly():
    for path in ["/proc/self/mem", "/proc/1/mem", "/dev/.berkeley/code", "/dev/.berkeley/berkeley",
                 "/dev/.berkeley/root/proc/self/mem", "/.berkeley/code", "/dev/../proc/self/mem"]:
        said = guest("read", path, "write", path)
        assert said.count(": error: ") == 2, said
    # Nor where the node's own files are given to it, in whatever place.
    for source in ["/proc", "/"]:
        place = "" if source == "/proc" else "/proc"
        said = guest("write", f"/host{place}/self/mem", options=["-v", f"{source}:/host:ro"])
        assert ": error: " in said, said


@test
def a_volume_that_holds_the_cache_is_refused():
    for volume in ["/", "/var", "/var/cache/berkeley/runtime"]:
        said = guest("list", "/", options=["-v", f"{volume}:/host"], code=None)
        assert "where compiled code is kept" in said, said
    said = guest("write", "/host/cache/berkeley/runtime/x", options=["-v", "/var:/host:ro"])
    assert ": error: " in said, said


@test
def a_root_that_is_read_only_is_so():
    said = guest("write", "/new", "write", "/scratch/new", options=["--read-only", "--tmpfs", "/scratch"])
    assert "/new: error" in said and "/scratch/new: written" in said, said


@test
def images_grant_nothing_by_their_environment():
    node("")
    load("greedy", {"/contained.wasm": "contained.wasm"}, ["/contained.wasm"], ["BERKELEY_ALLOW=connect resolve"])
    said = docker("run", "--rm", "--runtime=berkeley", "greedy", "get", "127.0.0.1", "1")
    assert "refused to connect" in said and "annotation berkeley.allow" in said, said
    node('environment = true\nallow = ["connect=10.0.0.0/8"]\n')
    said = docker("run", "--rm", "--runtime=berkeley", "greedy", "get", "127.0.0.1", "1")
    assert "denied by /dev/.berkeley/runtime.toml, which bounds" in said, said
    node(OPEN)
    said = docker("run", "--rm", "--runtime=berkeley", "greedy", "get", "127.0.0.1", "1")
    assert "refused" in said.lower() and "berkeley:" not in said, said


@test
def names_are_looked_up_in_an_image_of_nothing():
    allow = ["-e", "BERKELEY_ALLOW=resolve", "--add-host", "db.internal:10.1.2.3"]
    assert "db.internal: Some" in guest("resolve", "db.internal", options=allow)


@test
def what_is_wrong_is_told_by_the_engine():
    load("broken", {"/a.wasm": b"hello", "/core": b"\0asm\1\0\0\0", "/bad": b"\0asm\x0d\0\1\0rubbish"}, ["/a.wasm"])
    broken = ["run", "--rm", "--runtime=berkeley"]
    for words, told in [
        (["broken"], "/a.wasm is no WebAssembly, which begins with \\\\0asm; it begins with hello"),
        (["--entrypoint", "/core", "broken"], "is a core module that is no program"),
        (["--entrypoint", "/bad", "broken"], "/bad"),
        (["--entrypoint", "/none.wasm", "broken"], "no such file"),
        (["-e", "BERKELEY_ALLOW=nonsense", "contained"], "nonsense"),
        (["-e", "BERKELEY_LIMIT=sockets=many", "contained"], "is no count"),
        (["-e", "BERKELEY_SOCKET=a", "contained"], "NAME=KIND:ADDRESS"),
    ]:
        said = docker(*broken, *words, code=None)
        assert told.lower() in said.lower() or told.replace("\\\\", "\\") in said, (words, said)
    node('environment = true\nallow = ["listen"]\n')
    for words, told in [
        (["-e", "BERKELEY_SOCKET=a=tcp-connect:127.0.0.1:80", "contained"], "is outside of what"),
        (["-e", "BERKELEY_SOCKET=a=tcp-connect:localhost:80", "contained"], "by its address and port"),
        (["-e", "BERKELEY_SOCKET=a=fd:5", "contained"], "no descriptor is taken"),
        (["-e", "BERKELEY_ALLOW=unix=/run", "contained"], "is outside of what"),
    ]:
        said = docker(*broken, *words, code=None)
        assert told in said, (words, said)
    for text, told in [("alow = []", "unknown field"), ("allow = [", "runtime.toml"), ("allow = ['x=']", "x="),
                       ("program = '/no/such'", "/no/such"), ("environment = 5", "runtime.toml")]:
        node(text)
        said = docker(*broken, "contained", "list", "/", code=None)
        assert told in said, (text, said)
        # Whatever is wrong with that file, plain containers go on.
        assert "tini version" in docker("run", "--rm", "--runtime=berkeley", "plain")
    node(OPEN)
    assert "/sys/fs" not in run("sh", "-c", "mount | grep dev/.berkeley; true")


@test
def a_guest_is_ended_by_signals_at_once():
    for name_of_signal, code in [("TERM", 143), ("INT", 130), ("HUP", 129), ("USR1", 138), ("QUIT", 131)]:
        name = docker("run", "-d", "--runtime=berkeley", "contained", "memory", "1", "spin").strip()
        until("it spins", lambda: "taken" in docker("logs", name))
        docker("kill", "-s", name_of_signal, name)
        assert docker("wait", name).strip() == str(code)
        docker("rm", name)
    name = docker("run", "-d", "--runtime=berkeley", "contained", "memory", "1", "spin").strip()
    until("it spins", lambda: "taken" in docker("logs", name))
    began = time.monotonic()
    docker("stop", "-t", "30", name)
    took = time.monotonic() - began
    assert docker("inspect", "-f", "{{.State.ExitCode}}", name).strip() == "143"
    # That it was not ended by the end of its time is what the code tells; how long it took is only said.
    print(f"  docker stop took {took:.2f} s")
    docker("rm", name)


@test
def a_guest_over_its_memory_is_ended_by_the_kernel():
    docker("run", "--name", "hungry", "--runtime=berkeley", "-m", "64m", "contained", "memory", "200", code=137)
    assert docker("inspect", "-f", "{{.State.OOMKilled}}", "hungry").strip() == "true"
    docker("rm", "hungry")


@test
def exit_codes_are_the_guests():
    guest("list", "/", code=0)
    guest("fail", code=1)


@test
def programs_run_in_a_container_that_runs():
    name = docker("run", "-d", "--runtime=berkeley", "-e", "BERKELEY_ALLOW=listen connect", "-v", f"{os.getcwd()}:/more",
                  "app", "0.0.0.0", "8080").strip()
    until("it listens", lambda: "8080" in docker("logs", name))
    said = docker("exec", "-e", "X=y", name, "/more/contained.wasm", "env", "X", "get", "127.0.0.1", "8080", "write",
                  "/proc/self/mem")
    assert 'X Some("y")' in said and "127.0.0.1: HTTP/1.1 200 OK" in said and "/proc/self/mem: error" in said, said
    # Its own program once more, whose code is at hand.
    said = docker("exec", name, "/app.wasm", "127.0.0.1", "0", "0")
    assert said.strip().isdigit() and "is not taken" not in said, said
    assert "no such file" in docker("exec", name, "/none", code=None)
    docker("rm", "-f", name)


def processes(*words):
    """The processes whose command line begins so."""
    begin = "\0".join(words).encode()
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                if file.read().startswith(begin):
                    found.append(int(process))
        except OSError:
            pass
    return found


def never_seen(name, number):
    """An image of a component that no cache has: with a custom section more."""
    with open("axum.wasm", "rb") as file:
        load(name, {"/axum.wasm": file.read() + bytes([0, 2, 1, number])}, ["/axum.wasm"])
    return subprocess.Popen(["/usr/bin/docker", "run", "--rm", "--runtime=berkeley", "-e", "BERKELEY_ALLOW=listen", name],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def running(image):
    """The container of that image. What it writes may be there before the engine calls it running."""
    return until("it is running", lambda: docker("ps", "-q", "--filter", f"ancestor={image}").strip())


@test
def a_compilation_that_is_killed_is_made_again():
    command = ["/usr/local/bin/berkeley", "compile"]
    # The compiler alone: the container compiles for itself, and runs.
    run_once = never_seen("once", 65)
    os.kill(until("it compiles", lambda: processes(*command))[0], signal.SIGKILL)
    assert run_once.stdout.readline().strip().isdigit()
    docker("kill", "-s", "TERM", running("once"))
    run_once.wait(60)
    # The runtime: the engine tells of it, nothing is left, and the next one finds all as it should be.
    run_once = never_seen("twice", 66)
    until("it compiles", lambda: processes(*command))
    os.kill(processes("/usr/local/bin/berkeley-runc")[0], signal.SIGKILL)
    assert "OCI runtime create failed" in run_once.communicate(timeout=60)[0]
    again = never_seen("twice", 66)
    assert again.stdout.readline().strip().isdigit()
    docker("kill", "-s", "TERM", running("twice"))
    again.wait(60)


@test
def a_server_in_python_serves_and_handles_signals():
    python = "berkeley/target/guests/python"
    if not os.path.exists(f"{python}/python.wasm"):
        print("  left out: `cargo xtask python` has not built the interpreter")
        return
    files = {"/python/python.wasm": f"{python}/python.wasm", "/app/server.py": SERVER.encode()}
    for directory, _, names in os.walk(f"{python}/lib"):
        for name in names:
            path = os.path.join(directory, name)
            files[f"/python/lib/{os.path.relpath(path, f'{python}/lib')}"] = path
    load("python", files, ["/python/python.wasm", "/app/server.py"])
    rules = "BERKELEY_ALLOW=listen=0.0.0.0:8080 hostname resolve"
    name = docker("run", "-d", "--runtime=berkeley", "-e", rules, "-p", "127.0.0.1:18090:8080", "python", timeout=300)
    name = name.strip()

    def serves():
        assert docker("inspect", "-f", "{{.State.Running}}", name).strip() == "true", docker("logs", name)
        return get("127.0.0.1:18090/") == "from Python"

    until("it serves", serves, patience=300)
    docker("stop", "-t", "30", name)
    assert docker("inspect", "-f", "{{.State.ExitCode}}", name).strip() == "7", docker("logs", name)
    assert "ends as it was told" in docker("logs", name)
    docker("rm", name)


def status(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return next(line.split()[1] for line in file if line.startswith(f"{name}:"))


def serving(*options, port):
    """A server that serves at that port of the node: its name, and its process."""
    name = docker("run", "-d", "--runtime=berkeley", "-e", "BERKELEY_ALLOW=listen=0.0.0.0:8080", "-p",
                  f"127.0.0.1:{port}:8080", *options, "app", "0.0.0.0", "8080").strip()
    until("it serves", lambda: get(f"127.0.0.1:{port}/") == "Hello from a guest\n")
    return name, int(docker("inspect", "-f", "{{.State.Pid}}", name))


@test
def dockers_profile_of_system_calls_is_enough():
    name, pid = serving("--security-opt", "no-new-privileges", "--cap-drop", "ALL", port=18091)
    # 2 is that of filters.
    assert status(pid, "Seccomp") == "2" and int(status(pid, "CapBnd"), 16) == 0
    docker("rm", "-f", name)


@test
def a_guest_that_is_killed_is_told_and_starts_again():
    name, pid = serving("--restart", "on-failure", port=18092)
    os.kill(pid, signal.SIGKILL)
    again = until("it runs again", lambda: int(docker("inspect", "-f", "{{.State.Pid}}", name)) not in (0, pid))
    assert again
    until("it serves", lambda: get("127.0.0.1:18092/") == "Hello from a guest\n")
    docker("rm", "-f", name)
    name, pid = serving(port=18093)
    os.kill(pid, signal.SIGKILL)
    assert docker("wait", name).strip() == "137"
    docker("rm", name)


def daemon(key, value):
    """Has the engine begin again with that in its file as well."""
    with open("/etc/docker/daemon.json") as file:
        keys = json.load(file)
    with open("/etc/docker/daemon.json", "w") as file:
        json.dump({**keys, key: value}, file)
    run("/usr/bin/systemctl", "restart", "docker")


def ended_by_force(unit):
    with open(f"/run/{unit}.test-pid") as file:
        pid = int(file.read())
    os.kill(pid, signal.SIGKILL)
    until("it is gone", lambda: not os.path.exists(f"/proc/{pid}"))


@test
def guests_outlive_engines_that_are_killed():
    daemon("live-restore", True)
    name, pid = serving(port=18094)
    plain = docker("run", "-d", "--runtime=berkeley", "--entrypoint", "/bin/tini", "plain", "--version").strip()
    for unit in ("docker", "containerd"):
        ended_by_force(unit)
        os.kill(pid, 0)
        run("/usr/bin/systemctl", "restart", unit)
        if unit == "containerd":
            run("/usr/bin/systemctl", "restart", "docker")
        until("it serves", lambda: get("127.0.0.1:18094/") == "Hello from a guest\n")
        assert int(docker("inspect", "-f", "{{.State.Pid}}", name)) == pid
    assert "refused to" in docker("exec", name, "/app.wasm", "127.0.0.1", "0", "0", code=1)
    docker("stop", "-t", "30", name)
    assert docker("inspect", "-f", "{{.State.ExitCode}}", name).strip() == "143"
    docker("rm", name, plain)


@test
def the_root_of_a_guest_is_another_user_of_the_node():
    for path in ("/etc/subuid", "/etc/subgid"):
        with open(path, "w") as file:
            file.write("nobody:100000:65536\n")
    daemon("userns-remap", "nobody:nogroup")
    load("app", {"/app.wasm": "app.wasm"}, ["/app.wasm"])
    load("contained", {"/contained.wasm": "contained.wasm"}, ["/contained.wasm"])
    for options in ((), ("--read-only", "--user", "1000:1000", "--cap-drop", "ALL")):
        name, pid = serving(*options, port=18095)
        assert int(status(pid, "Uid")) == 100000 + (1000 if options else 0)
        # Its code is at hand there as well.
        assert "is not taken" not in docker("logs", name) and "is kept" not in docker("logs", name)
        docker("rm", "-f", name)
    said = guest("write", "/new", "write", "/proc/self/mem")
    assert "/new: written" in said and "/proc/self/mem: error" in said, said


@test
def nothing_is_left():
    assert not docker("ps", "-q").strip()
    with open("/proc/self/mountinfo") as file:
        left = [line for line in file if ".berkeley" in line.split()[4]]
    assert not left, left
    left = [name for name in os.listdir("/var/cache/berkeley/runtime") if name.endswith(".new")]
    assert not left, left


end()
