//! What the help says beside its list of options.

use crate::limit;

/// What the help says of the options' values.
pub(crate) fn grammar() -> String {
    format!("{GRAMMAR}\n\n{}", limit::HELP)
}

/// How rules are written, with examples.
pub(crate) const GRAMMAR: &str = r#"Rules: OPERATION[:PROTOCOL][=TARGET], which --allow grants and --deny takes away

  connect[:PROTOCOL][=HOST[:PORTS]]  connect and send to the host, and look its name up
  listen[:PROTOCOL][=HOST[:PORTS]]   bind to the local address, or join the multicast group; take
                                     connections and datagrams there, and answer them;
                                     bind[:PROTOCOL][=HOST[:PORTS]] is another word for it
  udp[=HOST[:PORTS]]                 both of these by UDP
  accept=HOST                        let in only such peers (several may be given)
  resolve[=HOST]                     look names up
  unix=DIRECTORY[::GUEST_DIRECTORY]  unix sockets in the directory, and in those below it
  unix=@NAME                         an abstract unix address; NAME* is any that begins so
  family=NAME                        privileged sockets: raw, icmp, netlink, packet, can, vsock,
                                     bluetooth, alg, tipc, qipcrtr, rds, or a family's number
  option[=NAME]                      set a socket option that is not ordinary, such as SO_MARK
  files                              be handed files that come over unix sockets
  interfaces, hostname, sethostname  list network interfaces; read, set the host's name

  HOST is a name, *.NAME for all below it, an address, a network, NAME@NETWORK, @GROUP, or *;
  IPv6 stands in brackets. PORTS are ports and ranges, such as 80,443,8000-8999; without them, all. Port 0 of
  listen is any that is free. PROTOCOL is tcp (unless given), udp, udplite, sctp, dccp, or * for
  all. A rule without =TARGET is for the operation everywhere.

  What is denied is refused, whatever is allowed, and the order never matters. A host name is
  denied with what the guest's own look-ups of it returned; to shut a host out, deny its addresses,
  by every protocol: --deny 'connect:*=169.254.0.0/16'. In a file, --policy FILE:

    allow = ["connect=@databases:5432"]   # a comment
    deny = ["connect=10.0.0.1"]
    [groups]
    databases = ["10.0.0.0/8", "db.internal"]

  A host name admits the addresses that the guest's own look-up of it returned, for 10 minutes.
  A public name leads into no private network and not to this machine, but by NAME@NETWORK; a name
  without a dot, or below internal, local, lan, home, corp, private, intranet, home.arpa, may. No
  name alone leads to loopback, link-local, multicast or metadata addresses; localhost is also
  both loopback networks.
  What is refused fails with EACCES in the guest, and is told on stderr once, with the rule that
  would allow it.

Examples:

  berkeley run --allow connect=example.com:443 fetch.wasm https://example.com/
  berkeley run --allow listen=127.0.0.1:8080 server.wasm
  berkeley run --allow udp=10.0.0.0/8:5000-5999 --allow 'resolve=*.internal' agent.wasm
  berkeley run --allow unix=/run/postgresql --allow 'connect=[::1]:5432' query.wasm
  berkeley run --allow connect=db.example.com@10.0.0.0/8:5432 query.wasm
  berkeley run --limit sockets=100 --limit bandwidth-out=1MiB/s --allow connect crawl.wasm
  berkeley run --socket http=tcp-listen:0.0.0.0:80 --dir ./site::/site server.wasm"#;
