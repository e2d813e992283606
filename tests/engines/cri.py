"""Guests in pods, as a kubelet makes them: containerd's CRI, with CNI. The manifests are those of the book's page."""

import os
import pathlib
import re
import shutil
import subprocess
import time

import grpc
import kubernetes_validate
import yaml
from cri_api.v1 import api_pb2 as api
from cri_api.v1 import api_pb2_grpc as services

from support import end, get, image, run, test, until

PAGE = pathlib.Path("berkeley/docs/src/kubernetes.md")
SOCKET = "/run/containerd/containerd.sock"
PODS = int(os.environ.get("BERKELEY_TEST_PODS", "5"))

CONTAINERD = """version = 2
oom_score = 0
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
"""
NETWORK = """{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.88.0.0/16"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
"""


def page_block(begin):
    """A block of the page that begins so."""
    blocks = re.findall(r"```\w*\n(.*?)```", PAGE.read_text(), re.S)
    return next(block for block in blocks if block.startswith(begin))


def connect():
    channel = grpc.insecure_channel(f"unix://{SOCKET}")
    return services.RuntimeServiceStub(channel)


runtime = None


def set_up():
    global runtime
    os.makedirs("/etc/containerd", exist_ok=True)
    os.makedirs("/etc/cni/net.d", exist_ok=True)
    with open("/etc/containerd/config.toml", "w") as file:
        file.write(CONTAINERD)
    with open("/etc/cni/net.d/10-pods.conflist", "w") as file:
        file.write(NETWORK)
    run("/usr/bin/systemctl", "restart", "containerd")
    set_up_node()
    # dockerd lets nothing through between others' interfaces.
    subprocess.run(["iptables", "-P", "FORWARD", "ACCEPT"], check=False)
    with open("pause.c", "w") as file:
        file.write("#include <unistd.h>\nint main(void) { for (;;) pause(); }\n")
    run("musl-gcc", "-static", "-o", "pause", "pause.c")
    load("localhost/pause:1", {"/pause": "pause"}, ["/pause"])
    load("docker.io/library/app:latest", {"/app.wasm": "app.wasm"}, ["/app.wasm"])
    load("localhost/contained:1", {"/contained.wasm": "contained.wasm"}, ["/contained.wasm"])
    load("localhost/axum:1", {"/axum.wasm": "axum.wasm"}, ["/axum.wasm"])
    runtime = connect()


def set_up_node():
    """Sets this node up as the page's DaemonSet does, twice: the second time there is nothing left to be done."""
    os.makedirs("programs", exist_ok=True)
    for program in ("berkeley", "berkeley-runc"):
        shutil.copy(f"/usr/local/bin/{program}", "programs")
    with open("programs/runtime.toml", "w") as file:
        file.write('allow = ["listen", "connect=10.88.0.0/16", "connect=127.0.0.1", "unix=/run"]\n')
    with open("programs/containerd.toml", "w") as file:
        file.write(page_block("[plugins"))
    config, process = pathlib.Path("/etc/containerd/config.toml"), pathlib.Path("/run/containerd.test-pid")
    seen = []
    for _ in range(2):
        run("sh", "node/set-up", env={**os.environ, "NODE_ROOT": "/", "PROGRAMS": os.path.abspath("programs")})
        seen.append((config.read_text(), process.read_text()))
    assert seen[0] == seen[1] and seen[0][0] == CONTAINERD + page_block("[plugins"), seen


def load(name, files, entry):
    image("image.tar", name, files, entry)
    run("ctr", "-n", "k8s.io", "image", "import", "image.tar")


def bytes_of(text):
    """An amount as Kubernetes writes it."""
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi|)", str(text)).groups()
    return int(number) << {"": 0, "Mi": 20, "Gi": 30}[unit]


class Pod:
    """A pod, made of its manifest as a kubelet makes it, as far as it matters here."""

    def __init__(self, manifest, name=None):
        metadata, self.spec = manifest["metadata"], manifest["spec"]
        self.name = name or metadata["name"]
        self.directory = os.path.abspath(f"pods/{self.name}")
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(f"{self.directory}/logs")
        config = self.config = api.PodSandboxConfig()
        config.metadata.name = config.metadata.uid = config.hostname = self.name
        config.metadata.namespace = "default"
        config.log_directory = f"{self.directory}/logs"
        config.linux.cgroup_parent = "/berkeley-engines"
        config.linux.security_context.namespace_options.pid = api.CONTAINER
        config.dns_config.servers.append("10.88.0.1")
        for key, value in (metadata.get("annotations") or {}).items():
            config.annotations[key] = value
        handler = self.spec.get("runtimeClassName", "")
        request = api.RunPodSandboxRequest(config=config, runtime_handler=handler)
        self.id = runtime.RunPodSandbox(request).pod_sandbox_id
        self.ip = runtime.PodSandboxStatus(api.PodSandboxStatusRequest(pod_sandbox_id=self.id)).status.network.ip
        self.containers = {}

    def start(self):
        for container in self.spec["containers"]:
            self.add(container)
        return self

    def add(self, container):
        config = api.ContainerConfig()
        config.metadata.name = container["name"]
        config.image.image = container["image"]
        config.log_path = f"{container['name']}.log"
        config.args.extend(container.get("args", []))
        for variable in container.get("env", []):
            config.envs.add(key=variable["name"], value=variable["value"])
        for mount in container.get("volumeMounts", []):
            path = f"{self.directory}/volumes/{mount['name']}"
            os.makedirs(path, exist_ok=True)
            config.mounts.add(container_path=mount["mountPath"], host_path=path)
        own, pods = container.get("securityContext", {}), self.spec.get("securityContext", {})
        security = config.linux.security_context
        security.namespace_options.pid = api.CONTAINER
        security.readonly_rootfs = own.get("readOnlyRootFilesystem", False)
        security.no_new_privs = not own.get("allowPrivilegeEscalation", True)
        security.capabilities.drop_capabilities.extend(own.get("capabilities", {}).get("drop", []))
        if "runAsUser" in pods:
            security.run_as_user.value = pods["runAsUser"]
        memory = container.get("resources", {}).get("limits", {}).get("memory")
        if memory:
            config.linux.resources.memory_limit_in_bytes = bytes_of(memory)
        request = api.CreateContainerRequest(pod_sandbox_id=self.id, config=config, sandbox_config=self.config)
        made = runtime.CreateContainer(request).container_id
        self.containers[container["name"]] = made
        runtime.StartContainer(api.StartContainerRequest(container_id=made))
        return made

    def log(self, container):
        try:
            with open(f"{self.directory}/logs/{container}.log") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def status(self, container):
        request = api.ContainerStatusRequest(container_id=self.containers[container])
        return runtime.ContainerStatus(request).status

    def ended(self, container):
        """How it has ended, once it has."""
        until(f"{container} ends", lambda: self.status(container).state == api.CONTAINER_EXITED)
        return self.status(container)

    def exec(self, container, *words):
        request = api.ExecSyncRequest(container_id=self.containers[container], cmd=words, timeout=60)
        done = runtime.ExecSync(request)
        return done.exit_code, (done.stdout + done.stderr).decode()

    def remove(self):
        runtime.StopPodSandbox(api.StopPodSandboxRequest(pod_sandbox_id=self.id))
        runtime.RemovePodSandbox(api.RemovePodSandboxRequest(pod_sandbox_id=self.id))


def manifests(name):
    with open(name) as file:
        return list(yaml.safe_load_all(file))


def pod(name, allow="", **container):
    """A pod of one guest, which may do what is told."""
    container = {"name": "c", "image": "localhost/contained:1", **container}
    annotations = {"berkeley.allow": allow} if allow else {}
    spec = {"runtimeClassName": "berkeley", "containers": [container]}
    return Pod({"metadata": {"name": name, "annotations": annotations}, "spec": spec})


def deployment():
    return manifests("web.yaml")[0]["spec"]["template"]


def served(pod, path=""):
    return until("it serves", lambda: get(f"{pod.ip}:8080/{path}"))


set_up()


@test
def the_manifests_of_the_guide_are_ones():
    kinds = {}
    for name in ["class.yaml", "node.yaml", "web.yaml", "policy.yaml", "pair.yaml"]:
        for manifest in manifests(name):
            kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
            kinds.setdefault(manifest["kind"], []).append(manifest)
    (handled,), (service,), (network,) = kinds["RuntimeClass"], kinds["Service"], kinds["NetworkPolicy"]
    template = deployment()
    (container,), labels = template["spec"]["containers"], template["metadata"]["labels"]
    assert handled["handler"] == "berkeley" and f".runtimes.{handled['handler']}]" in page_block("[plugins")
    for spec in (template["spec"], kinds["Pod"][0]["spec"]):
        assert spec["runtimeClassName"] == handled["metadata"]["name"]
    # Nodes are labelled as the class selects them.
    (label,) = (f"{key}={value}" for key, value in handled["scheduling"]["nodeSelector"].items())
    assert label in PAGE.read_text()
    # All of them speak of the same pods, and of the same port.
    assert labels == service["spec"]["selector"] == network["spec"]["podSelector"]["matchLabels"]
    port = container["ports"][0]["containerPort"]
    assert port == service["spec"]["ports"][0]["targetPort"] == network["spec"]["ingress"][0]["ports"][0]["port"]
    assert container["args"][-1] == str(port) and f":{port}" in template["metadata"]["annotations"]["berkeley.allow"]


@test
def the_deployment_of_the_guide_serves_and_is_replaced():
    old = [Pod({**deployment(), "metadata": {**deployment()["metadata"], "name": f"web-{at}"}}).start() for at in range(2)]
    for one in old:
        assert served(one) == "Hello from a guest\n"
    new = Pod({**deployment(), "metadata": {**deployment()["metadata"], "name": "web-new"}}).start()
    assert served(new) == "Hello from a guest\n"
    for one in old:
        runtime.StopContainer(api.StopContainerRequest(container_id=one.containers["web"], timeout=30))
        assert one.status("web").exit_code == 143, one.status("web")
        one.remove()
    assert served(new) == "Hello from a guest\n"
    new.remove()


@test
def pods_reach_each_other_where_rules_allow_it():
    web = pod("web", "listen=0.0.0.0:8080", image="docker.io/library/app:latest", args=["0.0.0.0", "8080"]).start()
    served(web)
    client = pod("client", "connect=10.88.0.0/16:8080", args=["get", web.ip, "8080", "get", web.ip, "9090"]).start()
    assert client.ended("c").exit_code == 0
    log = client.log("c")
    assert f"{web.ip}: HTTP/1.1 200 OK" in log and f'berkeley.allow: "connect={web.ip}:9090" would allow it' in log, log
    # What the node does not allow, no annotation does.
    client.add({"name": "far", "image": "localhost/contained:1", "args": ["get", "192.0.2.1", "8080"]})
    client.ended("far")
    greedy = pod("greedy", "connect", args=["get", "192.0.2.1", "80"]).start()
    greedy.ended("c")
    assert "denied by /dev/.berkeley/runtime.toml, which bounds" in greedy.log("c"), greedy.log("c")
    for one in (web, client, greedy):
        one.remove()


@test
def containers_of_a_pod_share_a_unix_socket():
    pair = Pod(manifests("pair.yaml")[0])
    web, client = pair.spec["containers"]
    pair.add(web)
    until("it listens", lambda: "listening" in pair.log("web"))
    pair.add(client)
    until("it has its line", lambda: "/run/app/socket: a line" in pair.log("client"))
    pair.remove()


@test
def an_axum_server_that_knows_nothing_of_this_serves():
    axum = pod("axum", "listen=0.0.0.0:8080", image="localhost/axum:1", args=["0.0.0.0:8080"]).start()
    assert served(axum, "7") == "number 7\n"
    axum.remove()


@test
def what_containers_come_to_is_told():
    one = pod("ends", args=["list", "/"]).start()
    assert one.ended("c").exit_code == 0
    one.add({"name": "fail", "image": "localhost/contained:1", "args": ["fail"]})
    assert one.ended("fail").exit_code == 1
    limits = {"limits": {"memory": "64Mi"}}
    one.add({"name": "hungry", "image": "localhost/contained:1", "args": ["memory", "300"], "resources": limits})
    ended = one.ended("hungry")
    assert (ended.exit_code, ended.reason) == (137, "OOMKilled"), ended
    for name, image, annotation, told in [
        ("none", "localhost/contained:1", "nonsense", "nonsense"),
        ("most", "localhost/contained:1", "unix=/etc", "is outside of what"),
    ]:
        bad = pod(name, annotation)
        try:
            bad.start()
            raise AssertionError("it was made")
        except grpc.RpcError as error:
            assert told in error.details(), error.details()
        bad.remove()
    one.remove()


@test
def guests_outlive_containerd_and_programs_run_in_them():
    web = pod("web", "listen=0.0.0.0:8080 connect=127.0.0.1:8080", image="docker.io/library/app:latest",
              args=["0.0.0.0", "8080"]).start()
    served(web)
    pid = int(open("/run/containerd.test-pid").read())
    os.kill(pid, 9)
    until("it is gone", lambda: not os.path.exists(f"/proc/{pid}"))
    assert served(web) == "Hello from a guest\n"
    run("/usr/bin/systemctl", "restart", "containerd", code=None)
    global runtime
    runtime = connect()
    assert served(web) == "Hello from a guest\n"
    code, said = web.exec("c", "/app.wasm", "127.0.0.1", "0", "0")
    assert code == 1 and "refused to" in said and "is not taken" not in said, said
    used = runtime.ContainerStats(api.ContainerStatsRequest(container_id=web.containers["c"])).stats
    assert used.cpu.usage_core_nano_seconds.value > 0 and used.memory.working_set_bytes.value > 0, used
    web.remove()


@test
def many_pods_of_one_guest():
    began = time.monotonic()
    pods = []
    for at in range(PODS):
        pods.append(pod(f"many-{at}", "listen=0.0.0.0:8080", image="docker.io/library/app:latest", args=["0.0.0.0", "8080"]))
        pods[-1].start()
    for one in pods:
        assert served(one) == "Hello from a guest\n"
    print(f"  {PODS} pods serve after {time.monotonic() - began:.1f} s")
    sizes = []
    for process in os.listdir("/proc"):
        try:
            if process.isdigit() and b"/dev/.berkeley/berkeley" in open(f"/proc/{process}/cmdline", "rb").read():
                text = open(f"/proc/{process}/smaps_rollup").read()
                sizes.append(int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]))
        except OSError:
            pass
    assert len(sizes) >= PODS
    print(f"  memory of each guest (PSS): {sum(sizes) / len(sizes) / 1024:.1f} MiB")
    for one in pods:
        one.remove()


end()
