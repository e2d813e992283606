//! What a guest needs for what it imports, as tables.

/// Which functions, by how their names end, need which grant.
pub(super) struct Need {
    /// The interface, without its version.
    pub(super) interface: &'static str,
    /// The functions; none is any of the interface.
    pub(super) functions: &'static [&'static str],
    /// The option that grants it.
    pub(super) grant: &'static str,
    /// What for.
    pub(super) purpose: &'static str,
}

const fn need(
    interface: &'static str,
    functions: &'static [&'static str],
    grant: &'static str,
    purpose: &'static str,
) -> Need {
    Need { interface, functions, grant, purpose }
}

/// In the order in which they are told. A guest may import what it never calls, so that these are what it might need.
pub(super) const NEEDS: &[Need] = &[
    need(
        "berkeley:sockets/socket",
        &["[method]socket.connect"],
        "--allow connect=HOST:PORT",
        "to connect by TCP; connect:udp=… and others by their names",
    ),
    need("berkeley:sockets/socket", &["[method]socket.sendto"], "--allow connect:udp=HOST:PORT", "to send datagrams"),
    need(
        "berkeley:sockets/socket",
        &["[method]socket.listen", "[method]socket.accept"],
        "--allow listen=ADDRESS:PORT",
        "to take connections by TCP",
    ),
    need("berkeley:sockets/socket", &["[method]socket.bind"], "--allow listen:udp=ADDRESS:PORT", "to take datagrams"),
    need(
        "berkeley:sockets/socket",
        &["create"],
        "--allow unix=DIRECTORY",
        "to use unix sockets; family=NAME for raw, netlink, packet and other privileged ones",
    ),
    need("berkeley:sockets/socket", &["preopened"], "--socket NAME=KIND:ADDRESS", "to be given sockets by name"),
    need("berkeley:sockets/option", &["setsockopt"], "--allow option=NAME", "to set options that are not ordinary"),
    need("berkeley:sockets/ancillary", &["recvmsg"], "--allow files", "to be handed files over unix sockets"),
    need(
        "berkeley:sockets/netdb",
        &["getaddrinfo", "getnameinfo", "gethostbyname-ex", "gethostbyaddr"],
        "--allow connect=NAME:PORT, or resolve=NAME",
        "to look names up",
    ),
    need(
        "berkeley:sockets/interface",
        &["if-nameindex", "if-nametoindex", "if-indextoname"],
        "--allow interfaces",
        "to list network interfaces",
    ),
    need("berkeley:sockets/interface", &["gethostname"], "--allow hostname", "to know the host's name"),
    need("berkeley:sockets/interface", &["sethostname"], "--allow sethostname", "to set the host's name"),
    need("wasi:sockets/tcp", &["[method]tcp-socket.start-connect"], "--allow connect=HOST:PORT", "to connect by TCP"),
    need(
        "wasi:sockets/tcp",
        &["[method]tcp-socket.start-listen", "[method]tcp-socket.accept"],
        "--allow listen=ADDRESS:PORT",
        "to take connections by TCP",
    ),
    need(
        "wasi:sockets/udp",
        &["[method]udp-socket.stream"],
        "--allow connect:udp=HOST:PORT",
        "to send datagrams, or listen:udp=ADDRESS:PORT to take them",
    ),
    need("wasi:sockets/types", &["[method]tcp-socket.connect"], "--allow connect=HOST:PORT", "to connect by TCP"),
    need(
        "wasi:sockets/types",
        &["[method]tcp-socket.listen"],
        "--allow listen=ADDRESS:PORT",
        "to take connections by TCP",
    ),
    need(
        "wasi:sockets/types",
        &["[method]udp-socket.send", "[method]udp-socket.receive"],
        "--allow connect:udp=HOST:PORT",
        "to send datagrams, or listen:udp=ADDRESS:PORT to take them",
    ),
    need("wasi:sockets/ip-name-lookup", &[], "--allow connect=NAME:PORT, or resolve=NAME", "to look names up"),
    need("wasi:filesystem/preopens", &[], "--dir DIRECTORY", "to open files"),
    need("wasi:cli/environment", &["get-environment"], "--env NAME[=VALUE]", "to be given environment variables"),
];

/// The packages that there are here, with the versions from the first on that is compatible.
pub(super) const PROVIDED: &[(&str, &str)] = &[
    ("berkeley:sockets", "0.1"),
    ("wasi:cli", "0.2"),
    ("wasi:cli", "0.3"),
    ("wasi:clocks", "0.2"),
    ("wasi:clocks", "0.3"),
    ("wasi:filesystem", "0.2"),
    ("wasi:filesystem", "0.3"),
    ("wasi:io", "0.2"),
    ("wasi:random", "0.2"),
    ("wasi:random", "0.3"),
    ("wasi:sockets", "0.2"),
    ("wasi:sockets", "0.3"),
];

/// Of those that there are not, what to do.
pub(super) const MISSING: &[(&str, &str)] = &[
    ("wasi:http", "an HTTP client or server over sockets does the same here; `wasmtime serve` has this interface"),
    ("wasi:nn", "`wasmtime run -S nn` has it"),
    ("wasi:keyvalue", "`wasmtime run -S keyvalue` has it"),
    ("wasi:config", "`wasmtime run -S config` has it; --env sets variables here"),
    ("wasi:tls", "the interface berkeley:sockets/tls does TLS here"),
    ("wasi:threads", "components have no threads here"),
];
