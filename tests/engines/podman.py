"""Guests under a Podman that a user runs who is not root."""

import os
import shutil
import subprocess

from support import end, get, image, run, test, until

USER = 1000
HOME, RUNTIME = "/run/guest", f"/run/user/{USER}"


def set_up():
    with open("/etc/passwd", "a") as file:
        file.write(f"guest:x:{USER}:{USER}::{HOME}:/bin/sh\n")
    with open("/etc/group", "a") as file:
        file.write(f"guest:x:{USER}:\n")
    for path in ("/etc/subuid", "/etc/subgid"):
        with open(path, "w") as file:
            file.write("guest:100000:65536\n")
    for directory in (HOME, RUNTIME):
        os.makedirs(directory)
        os.chown(directory, USER, USER)
    # The node's: Podman passes no variable on to the runtime that would name another.
    with open("/etc/berkeley/runtime.toml", "w") as file:
        file.write('allow = ["listen", "connect"]\n')
    for name, files, entry in [
        ("plain", {"/bin/tini": shutil.which("tini-static")}, ["/bin/tini", "--version"]),
        ("app", {"/app.wasm": "app.wasm"}, ["/app.wasm"]),
    ]:
        image(f"{HOME}/image.tar", f"localhost/{name}:latest", files, entry)
        podman("load", "-q", "-i", f"{HOME}/image.tar", timeout=120)


def podman(*words, **options):
    """Podman, as that user."""
    variables = {"HOME": HOME, "XDG_RUNTIME_DIR": RUNTIME, "PATH": os.environ["PATH"], "USER": "guest"}
    words = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "podman", "--cgroup-manager=cgroupfs",
             "--runtime=/usr/local/bin/berkeley-runc", *words]
    return run(*words, env=variables, cwd=HOME, **options)


def runs_anything():
    """Whether this machine lets that user run a plain container."""
    try:
        set_up()
        podman("run", "--rm", "--network=host", "localhost/plain")
        return True
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(f"left out: a user who is not root runs no container with Podman on this machine:\n{error}", flush=True)
        return False


@test
def a_users_guest_serves():
    if not runs_anything():
        return
    podman("run", "-d", "--name", "web", "--network=host", "--annotation", "berkeley.allow=listen=127.0.0.1:18096",
           "localhost/app", "127.0.0.1", "18096")
    until("it serves", lambda: get("127.0.0.1:18096/") == "Hello from a guest\n")
    said = podman("exec", "web", "/app.wasm", "127.0.0.1", "9090", code=1)
    assert 'the annotation berkeley.allow: "listen=127.0.0.1:9090" would allow it' in said, said
    podman("stop", "-t", "30", "web")
    assert podman("inspect", "-f", "{{.State.ExitCode}}", "web").strip() == "143"
    podman("rm", "web")


end()
