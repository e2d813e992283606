"""What a guest costs beside other containers: from create to listening, cold and warm, and memory, each of many.

The others are axum's server from the same source as its guest, as a static program of this machine; one in C that does as
little as can be done; and CPython's http.server, in an image of this system's CPython. All are in containers of one network,
that of the node.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time

from support import image, run, until

MANY = int(os.environ.get("BERKELEY_TEST_CONTAINERS", "50"))
BASE = 21000

SERVER = r"""
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
    static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Length: 19\r\n\r\nHello from a native";
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (argc < 3 || bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 64)) return 1;
    for (;;) {
        char request[4096];
        int client = accept(listener, 0, 0);
        if (read(client, request, sizeof request) > 0) write(client, answer, strlen(answer));
        close(client);
    }
}
"""


def docker(*words, **options):
    return run("/usr/bin/docker", *words, **options)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def start(name, port, runtime, words):
    """Starts a container, and tells after how many seconds it listens."""
    began = time.monotonic()
    docker("run", "-d", "--name", f"{name}-{port}", "--network", "host", f"--runtime={runtime}", name, *words(port))
    until("it listens", lambda: listens(port))
    return time.monotonic() - began


def memory(name):
    """What each container's process takes of memory, in MiB: its share, and what is its own."""
    sizes = []
    for container in docker("ps", "-q", "--filter", f"ancestor={name}").split():
        pid = docker("inspect", "-f", "{{.State.Pid}}", container).strip()
        text = open(f"/proc/{pid}/smaps_rollup").read()
        sizes.append([int(re.search(rf"^{part}:\s+(\d+)", text, re.M)[1]) / 1024 for part in ("Pss", "Private_Dirty")])
    return [sum(column) / len(sizes) for column in zip(*sizes)]


def measure(name, runtime, words):
    times = [start(name, BASE + at, runtime, words) for at in range(MANY)]
    share, own = memory(name)
    warm = sorted(times[1:])
    print(f"{name:10} first {times[0]:6.2f} s, then {warm[len(warm) // 2]:5.2f} s; {share:6.1f} MiB each of {MANY}, "
          f"{own:5.1f} MiB written", flush=True)
    docker("rm", "-f", *docker("ps", "-aq", "--filter", f"ancestor={name}").split(), timeout=300)


with open("/etc/berkeley/runtime.toml", "w") as file:
    file.write('default = ["listen"]\n')
with open("server.c", "w") as file:
    file.write(SERVER)
run("musl-gcc", "-static", "-O2", "-o", "server", "server.c")
for name, files, entry in [
    ("guest", {"/app.wasm": "app.wasm"}, ["/app.wasm"]),
    ("axum", {"/axum.wasm": "axum.wasm"}, ["/axum.wasm"]),
    ("native", {"/axum": "berkeley/target/static/tokio_axum"}, ["/axum"]),
    ("small", {"/server": "server"}, ["/server"]),
]:
    image("image.tar", f"{name}:latest", files, entry)
    docker("load", "-i", "image.tar")
# What python:slim has, of this system: the interpreter with its library, and the C library.
shutil.rmtree("slim", ignore_errors=True)
os.makedirs("slim/tmp")
libraries = set(re.findall(r"(/\S+\.so\S*)", run("ldd", "/usr/bin/python3")))
for path in [*libraries, os.path.realpath("/usr/bin/python3")]:
    os.makedirs(f"slim{os.path.dirname(path)}", exist_ok=True)
    shutil.copy2(path, f"slim{path}")
version = run("/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
shutil.copytree(f"/usr/lib/python{version}", f"slim/usr/lib/python{version}", symlinks=False,
                ignore=shutil.ignore_patterns("test", "config-*"), ignore_dangling_symlinks=True)
subprocess.run(f"tar -C slim -c . | /usr/bin/docker import --change 'ENTRYPOINT [\"/usr/bin/python{version}\"]' - cpython",
               shell=True, check=True, stdout=subprocess.DEVNULL)

apart = lambda port: ["0.0.0.0", str(port)]
address = lambda port: [f"0.0.0.0:{port}"]
measure("guest", "berkeley", apart)
measure("axum", "berkeley", address)
measure("native", "runc", address)
measure("native", "berkeley", address)
measure("small", "runc", apart)
measure("cpython", "runc", lambda port: ["-m", "http.server", str(port)])
