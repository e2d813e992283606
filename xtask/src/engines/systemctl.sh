#!/bin/sh
# What stands in for systemd in a test: `systemctl restart docker`, and the same for containerd.
case "$2" in
docker) program="dockerd --containerd /run/containerd/containerd.sock --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent /berkeley-engines"
  ready="/usr/bin/docker version" ;;
containerd) program=containerd ready="ctr version" ;;
*) echo "no such unit: $2" >&2; exit 1 ;;
esac
if [ -f "/run/$2.test-pid" ]; then
  pid=$(cat "/run/$2.test-pid")
  kill "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
fi
if [ "$2" = docker ]; then [ -S /run/containerd/containerd.sock ] || "$0" start containerd; fi
# Not this command's caller waits for it.
setsid sh -c "echo \$\$ >/run/$2.test-pid; exec $program" >>"/var/log/$2.log" 2>&1 </dev/null &
for _ in $(seq 300); do
  $ready >/dev/null 2>&1 && exit 0
  sleep 0.1
done
echo "$2 has not begun in time:" >&2
tail -20 "/var/log/$2.log" >&2
exit 1
