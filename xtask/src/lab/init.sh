#!/bin/busybox sh
# The first process of the lab's machine: gives the kernel its families and the devices that they need, and makes the
# host's files the root of what runs.

/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devices /dev
for module in virtio_pci 9pnet_virtio 9p; do modprobe "$module"; done

share=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "ro,cache=loose,$share" host /host
mount -t 9p -o "$share" lab /lab
workspace=$(cat /lab/workspace)
mount --bind "/host$workspace" /workspace
mount --bind "/host$workspace/$(cat /lab/modules)" /lib/modules

# Every family and protocol that the kernel has, and what no socket asks for. They do not load by themselves later, for
# to learn that there is no module takes long; only the algorithms of the cryptography do.
echo /sbin/modprobe-algorithm >/proc/sys/kernel/modprobe
sed -n 's/^alias \(net-pf\|can-proto\|bt-proto\)-[^ ]* //p' "/lib/modules/$(uname -r)/modules.alias" |
  sort -u | xargs modprobe -a tls vcan veth vsock_loopback rds_tcp hci_vhci algif_hash algif_skcipher algif_aead algif_rng

ip link set lo up
ip -6 route add ff00::/8 dev lo metric 1 table local
for bus in vcan0 vcan1; do
  ip link add "$bus" type vcan
  ip link set "$bus" mtu 72 up
done
# A cable; its other end gets the name veth0. Quotes are in the addresses, which programs print.
ip link add veth1 type veth
ip link set veth0 address 02:27:00:5c:07:7f up
ip link set veth1 address 02:27:22:0a:62:71 up
echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range

mount -t proc proc /host/proc
mount -t sysfs sysfs /host/sys
mount --bind /dev /host/dev
# What is in /tmp is seen, and what is written there is not kept.
modprobe overlay
mount -t tmpfs temporary /temporary
mkdir /temporary/new /temporary/work
mount -t overlay -o lowerdir=/host/tmp,upperdir=/temporary/new,workdir=/temporary/work temporary /host/tmp
mount -t tmpfs temporary /host/run
# The workspace may be somewhere in what was covered.
mkdir -p "/host$workspace"
mount --bind /workspace "/host$workspace"
mount --bind /lab "/host$workspace/target/lab/share"

stty -F /dev/ttyS1 "$(cat /lab/terminal)" -onlcr
export script="$workspace/target/lab/share/run.sh"
# The line is the terminal of a session of its own.
setsid sh -c 'exec chroot /host /bin/sh "$script" <>/dev/ttyS1 >&0 2>&0'
poweroff -f
