"""Guests in bundles that runc and crun run: what an engine asks of its runtime, without an engine.

The environment says which programs are tried: BERKELEY_TEST_PROGRAM is the command that containers are given, which may be
one that needs libraries; BERKELEY_TEST_RUNTIME is `berkeley-runc`; and BERKELEY_TEST_OTHERS has the runtimes under it. One
that cannot run a plain container on this machine is left out.
"""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess

from support import end, get, run, test, until

RUNTIME = os.environ["BERKELEY_TEST_RUNTIME"]
OTHERS = os.environ["BERKELEY_TEST_OTHERS"].split(":")
GUESTS = os.environ["BERKELEY_TEST_GUESTS"]
# A directory that is root's alone up to the root: code is kept nowhere else.
HOME = "/run/berkeley-test"
CONFIG, CACHE, STATE = f"{HOME}/runtime.toml", f"{HOME}/cache", f"{HOME}/state"
# The command is shown here, where every user finds it.
PROGRAM = f"{HOME}/berkeley"

# What the kernel offers to none of a container's programs, as in the profiles that engines have.
SECCOMP = {
    "defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [{"action": "SCMP_ACT_ERRNO", "names": [
        "acct", "add_key", "bpf", "clock_settime", "io_uring_enter", "io_uring_register", "io_uring_setup", "kexec_load",
        "keyctl", "mount", "move_pages", "name_to_handle_at", "open_by_handle_at", "perf_event_open", "pivot_root",
        "process_vm_readv", "process_vm_writev", "ptrace", "reboot", "request_key", "setns", "swapon", "umount2", "unshare",
        "userfaultfd",
    ]}],
}
MOUNTS = [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]},
]
ALL = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID"]

other = None
count = 0


def libraries(*programs):
    """What these programs need to run, which is mounted where they look for it."""
    found = set()
    for program in programs:
        said = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
        found.update(re.findall(r"(/\S+\.so\S*)", said))
    return [{"destination": path, "source": os.path.realpath(path), "type": "bind", "options": ["bind", "ro"]}
            for path in sorted(found)]


LIBRARIES = libraries(os.environ["BERKELEY_TEST_PROGRAM"], "/bin/true")


def node(**keys):
    """Writes the node's file."""
    with open(CONFIG, "w") as file:
        for key, value in {"runtime": other, "program": PROGRAM, "cache": CACHE, **keys}.items():
            file.write(f"{key} = {json.dumps(value)}\n")


class Bundle:
    """A container of these files, on its node."""

    def __init__(self, args, files=None, annotations=None, owner=0, readonly=False, mounts=(), namespaces=(), linux=None,
                 process=None):
        global count
        count += 1
        self.id = f"berkeley-test-{count}"
        self.path = f"{HOME}/{self.id}"
        self.root = f"{self.path}/rootfs"
        os.makedirs(self.root)
        for target, source in (files or {args[0]: args[0].lstrip("/")}).items():
            self.put(target, source)
        for directory, _, names in os.walk(self.root):
            for name in ("", *names):
                os.chown(os.path.join(directory, name), owner, owner, follow_symlinks=False)
        process = {
            "args": args, "cwd": "/", "env": ["PATH=/bin", "A=b"], "user": {"uid": 0, "gid": 0}, "noNewPrivileges": True,
            "capabilities": {kind: ALL for kind in ("bounding", "effective", "permitted")}, **(process or {}),
        }
        # The network is this process's own.
        namespaces = [{"type": kind} for kind in ("pid", "mount", "ipc", "uts", *namespaces)]
        linux = {"namespaces": namespaces, "cgroupsPath": f"/berkeley-engines/{self.id}", "seccomp": SECCOMP,
                 **(linux or {})}
        self.write({
            "ociVersion": "1.0.2", "process": process, "root": {"path": "rootfs", "readonly": readonly},
            "mounts": [*MOUNTS, *LIBRARIES, *mounts], "annotations": annotations or {}, "linux": linux,
        })

    def put(self, target, source):
        """Puts a file into its root: these bytes, the node's file of that path, or the guest of that name."""
        target = self.root + target
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if isinstance(source, bytes):
            with open(target, "wb") as file:
                file.write(source)
        else:
            shutil.copyfile(os.path.join(GUESTS, source), target)
        os.chmod(target, 0o755)

    def write(self, config):
        with open(f"{self.path}/config.json", "w") as file:
            file.write(config if isinstance(config, str) else json.dumps(config))

    def words(self, *words, runtime=RUNTIME):
        return [runtime, "--root", STATE, *words]

    def run(self, code=0, runtime=RUNTIME, **options):
        """Runs it to its end, and gives what it has said."""
        options.setdefault("env", environment())
        return run(*self.words("run", "-b", self.path, self.id, runtime=runtime), code=code, **options)

    def start(self):
        """Starts it, with its output to be read."""
        return subprocess.Popen(self.words("run", "-b", self.path, self.id), env=environment(), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)

    def exec(self, *args, code=0, **process):
        """Runs one more program in it, as engines do: by a file that describes the process."""
        path = f"{self.path}/process.json"
        process = {"args": args, "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
                   "capabilities": {}, **process}
        with open(path, "w") as file:
            json.dump(process, file)
        return run(*self.words("exec", "--process", path, self.id), code=code, env=environment())

    def tell(self, *words, code=0):
        return run(*self.words(*words), code=code, env=environment())

    def state(self):
        said = self.tell("state", self.id, code=None)
        return json.loads(said) if said.startswith("{") else {}


def environment(**more):
    return {**os.environ, "BERKELEY_RUNTIME_CONFIG": CONFIG, **more}


def contained(*words, **changes):
    """A guest that tries these words."""
    return Bundle(["/contained.wasm", *words], **changes)


def server(allow="listen=127.0.0.1:0", **changes):
    return Bundle(["/http_server.wasm", "127.0.0.1", "0"], annotations={"berkeley.allow": allow}, **changes)


def mounts():
    """What is mounted for containers, seen from the node."""
    with open("/proc/self/mountinfo") as file:
        return [line for line in file if "berkeley-test-" in line.split()[4] or "/.berkeley" in line.split()[4]]


def ended(container, process, expected):
    code = process.wait(60)
    assert code == expected, (code, process.stdout.read())
    assert not container.state() and not mounts(), (container.state(), mounts())


def serves(container):
    """Starts a server, sees that it serves, and ends it by SIGTERM."""
    process = container.start()
    port = process.stdout.readline().strip()
    assert port.isdigit(), port + process.stdout.read()
    assert get(f"127.0.0.1:{port}/") == "Hello from a guest\n"
    container.tell("kill", container.id, "TERM")
    ended(container, process, 143)


# What a server is one under all the same: how its container is, by what that is called.
MAPPING = [{"containerID": 0, "hostID": 100000, "size": 65536}]
PROFILES = {
    "as it is": {},
    "a root that is read-only": {"readonly": True},
    "a user that is not root": {"process": {"user": {"uid": 1000, "gid": 1000}}},
    "no capability": {"process": {"capabilities": {}}},
    "all of that": {"readonly": True, "process": {"user": {"uid": 1000, "gid": 1000}, "capabilities": {}}},
    "the root of a user namespace": {"namespaces": ["user"], "owner": 100000,
                                     "linux": {"uidMappings": MAPPING, "gidMappings": MAPPING}},
}


def a_guest_serves_and_is_ended():
    for name, changes in PROFILES.items():
        print(f"  {name}")
        serves(server(**changes))


def what_comes_first_starts_it():
    tini = next(filter(None, map(shutil.which, ["tini-static", "docker-init", "catatonit"])), None)
    if tini is None:
        print("  left out: this machine has none of tini-static, docker-init and catatonit")
        return
    words = ["/sbin/docker-init", "--", "/http_server.wasm", "127.0.0.1", "0"]
    files = {"/sbin/docker-init": tini, "/http_server.wasm": "http_server.wasm"}
    serves(Bundle(words, files, {"berkeley.allow": "listen=127.0.0.1:0"}, mounts=libraries(tini)))


def plain_containers_are_the_runtimes():
    plain = ["/bin/true"]
    for text in ["", "alow = []", "allow = [", "program = '/no/such'"]:
        with open(CONFIG, "w") as file:
            file.write(f"runtime = {json.dumps(other)}\n{text}")
        # Where the file cannot be read at all, the runtime is the usual one.
        if text == "allow = [" and not other.endswith("runc"):
            continue
        Bundle(plain, {"/bin/true": "/bin/true"}).run()
    node()
    broken = Bundle(plain, {"/bin/true": "/bin/true"})
    for text in ["", "{", "[]", '{"process": 5}', '{"ociVersion": "1.0.2", "process": {"args": ["/a.wasm"]}}']:
        broken.write(text)
        ours, theirs = broken.run(code=None), broken.run(code=None, runtime=other)
        assert ours and undated(ours) == undated(theirs), (text, ours, theirs)


def undated(said):
    return re.sub(r'time="[^"]*"|\d{4}-\d\d-\d\dT\S+', "", said)


def exit_codes_and_files_are_the_guests():
    said = contained("env", "A", "write", "/new", "read", "/new", "write", "/proc/self/mem", "read", "/dev/.berkeley/code").run()
    assert 'A Some("b")' in said and "/new: 1 bytes" in said and said.count(": error: ") == 2, said
    assert "/new: error" in contained("write", "/new", readonly=True).run()
    contained("fail").run(code=1)


def both_must_allow():
    said = contained("get", "127.0.0.1", "1").run()
    assert 'the annotation berkeley.allow: "connect=127.0.0.1:1" would allow it' in said, said
    node(allow=["connect=10.0.0.0/8"])
    said = contained("get", "127.0.0.1", "1", annotations={"berkeley.allow": "connect"}).run()
    assert "denied by /dev/.berkeley/runtime.toml, which bounds" in said, said
    node()


def more_programs_run_in_it():
    container = server("listen=127.0.0.1:0 connect=127.0.0.1")
    container.put("/contained.wasm", "contained.wasm")
    container.put("/bin/true", "/bin/true")
    process = container.start()
    port = process.stdout.readline().strip()
    said = container.exec("/contained.wasm", "get", "127.0.0.1", port, "get", "192.0.2.1", "80")
    assert "127.0.0.1: HTTP/1.1 200 OK" in said and "refused to connect by tcp to 192.0.2.1:80" in said, said
    container.exec("/bin/true")
    assert container.exec("/http_server.wasm", "127.0.0.1", "0", "0").strip().isdigit()
    container.exec("/none.wasm", code=None)
    assert "is no WebAssembly" in bad_exec(container)
    container.tell("kill", container.id, "TERM")
    ended(container, process, 143)


def bad_exec(container):
    container.put("/text.wasm", b"hello")
    return container.exec("/text.wasm", code=1)


def what_is_no_component_is_told():
    def directory(path):
        os.mkdir(path)

    def huge(path):
        with open(path, "wb") as file:
            file.write(b"\0asm\x0d\0\1\0")
            file.truncate(1 << 40)

    def device(path):
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))

    def outward(path):
        # To a component of the node's.
        os.symlink(os.path.join(GUESTS, "contained.wasm"), path)

    def compiled(path):
        with open(os.path.join(GUESTS, "contained.wasm"), "rb") as source, open(path, "wb") as code:
            subprocess.run([PROGRAM, "compile", "-", "-"], stdin=source, stdout=code, check=True)

    def write(content):
        def to(path):
            with open(path, "wb") as file:
                file.write(content)
        return to

    for make, told in [
        (directory, "a.wasm is a directory, where a program must be a file"),
        (os.mkfifo, "a.wasm is a FIFO"),
        (device, "a.wasm is a device"),
        (huge, "a.wasm is 1024 GiB long"),
        (outward, "no such file"),
        (lambda path: None, "no such file"),
        (compiled, "a.wasm is no WebAssembly, which begins with"),
        (write(b""), "it is empty"),
        (write(b"\0asm\1\0\0\0"), "is a core module that is no program"),
        (write(b"\0asm\x0d\0\1\0rubbish"), "a.wasm"),
    ]:
        container = Bundle(["/a.wasm"], {"/keep": b""})
        make(f"{container.root}/a.wasm")
        log = f"{container.path}/log.json"
        said = run(RUNTIME, "--root", STATE, "--log", log, "--log-format", "json", "run", "-b", container.path,
                   container.id, code=None, env=environment())
        with open(log) as file:
            logged = [json.loads(line) for line in file]
        # What the engine shows.
        assert any(told.lower() in line["msg"].lower() for line in logged), (told, logged, said)
        assert not container.state() and not mounts(), told
    left = [name for name in os.listdir(CACHE) if name.endswith(".new")]
    assert not left, left


def what_cannot_be_asked_for_is_told():
    for annotations, told in [
        ({"berkeley.allow": "nonsense"}, "nonsense"),
        ({"berkeley.alow": "listen"}, "there is no annotation berkeley.alow"),
        ({"berkeley.limit": "sockets=many"}, "is no count"),
        ({"berkeley.socket": "a"}, "NAME=KIND:ADDRESS"),
        ({"berkeley.socket": "a=fd:0"}, "no descriptor is taken"),
    ]:
        node(allow=["listen"])
        container = contained("list", "/", annotations=annotations)
        said = container.run(code=1)
        assert told in said and not container.state() and not mounts(), said
    node(program="/no/such")
    assert "cannot find the program /no/such: install it there" in contained("list", "/").run(code=1)
    node()


def a_manager_is_told_once_a_guest_serves():
    if not other.endswith("runc"):
        return
    path = f"{HOME}/notify-{count}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(60)
        container = server()
        words = container.words("run", "-d", "-b", container.path, container.id)
        # It goes on once the guest is ready.
        quiet = {stream: subprocess.DEVNULL for stream in ("stdin", "stdout", "stderr")}
        subprocess.run(words, env=environment(NOTIFY_SOCKET=path), timeout=60, check=True, **quiet)
        assert "READY=1" in manager.recv(100).decode().split("\n")
        container.tell("delete", "--force", container.id)


def killed_guests_leave_nothing():
    container = server()
    process = container.start()
    process.stdout.readline()
    os.kill(container.state()["pid"], signal.SIGKILL)
    ended(container, process, 137)
    serves(server())


def compilers():
    """The processes that compile."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                if file.read().startswith(f"{PROGRAM}\0compile".encode()):
                    found.append(int(number))
        except OSError:
            pass
    return found


def a_runtime_that_is_killed_leaves_nothing():
    with open(os.path.join(GUESTS, "tokio_axum.wasm"), "rb") as file:
        # One that no cache has: with a custom section more.
        component = file.read() + bytes([0, 4, 1, ord("n"), count % 256, count // 256])

    def axum():
        return Bundle(["/axum.wasm", "127.0.0.1:0"], {"/axum.wasm": component}, {"berkeley.allow": "listen=127.0.0.1:0"})
    container = axum()
    process = container.start()
    until("it compiles", compilers)
    process.kill()
    process.wait(60)
    assert not container.state() and not mounts()
    serves_axum = axum()
    process = serves_axum.start()
    said = process.stdout.readline()
    assert said.strip().isdigit(), said + process.stdout.read()
    serves_axum.tell("kill", serves_axum.id, "TERM")
    ended(serves_axum, process, 143)
    left = [name for name in os.listdir(CACHE) if name.endswith(".new")]
    assert not left, left


def nothing_is_left():
    assert not mounts(), mounts()
    assert not run(*Bundle(["/x"], {"/x": b""}).words("list", "-q", runtime=other)).strip()


TESTS = [
    a_guest_serves_and_is_ended, what_comes_first_starts_it, plain_containers_are_the_runtimes,
    exit_codes_and_files_are_the_guests, both_must_allow, more_programs_run_in_it, what_is_no_component_is_told,
    what_cannot_be_asked_for_is_told, a_manager_is_told_once_a_guest_serves, killed_guests_leave_nothing,
    a_runtime_that_is_killed_leaves_nothing, nothing_is_left,
]


def unified():
    """Shows cgroups of the second version alone, to this process and what it starts: crun takes no mixture of both."""
    run("mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup")


def runs_plain_containers():
    """Whether this machine lets the runtime run anything."""
    for prepare in (lambda: None, unified):
        try:
            prepare()
            Bundle(["/bin/true"], {"/bin/true": "/bin/true"}).run(runtime=other)
            return True
        except (AssertionError, OSError, subprocess.TimeoutExpired) as failure:
            error = failure
    print(f"left out: {other}, which runs no container on this machine:\n{error}", flush=True)
    return False


os.makedirs(HOME)
open(PROGRAM, "w").close()
run("mount", "--bind", os.environ["BERKELEY_TEST_PROGRAM"], PROGRAM)
run("ip", "link", "set", "lo", "up")
for other in OTHERS:
    if not runs_plain_containers():
        continue
    print(f"over {other}:", flush=True)
    node()
    for one in TESTS:
        test(one)
end()
