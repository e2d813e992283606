//! TLS: configs, and connections whose bytes go nowhere, to each other, or are drawn.

use berkeley_guest::bindings::tls::{Config, Connection, Identity, RevocationCheck, Terms, VerifyFlags, VerifyMode};
use berkeley_guest::tls::{TLS_1_2, TLS_1_3};

use crate::world::World;
use crate::{Function, function};

/// A call on one of the connections; false where there is none.
macro_rules! on {
    ($world:ident, $connection:ident => $call:expr) => {
        |$world| {
            if $world.connections.is_empty() {
                return false;
            }
            let at = $world.random.usize(..$world.connections.len());
            let $connection = $world.connections.swap_remove(at);
            let succeeded = $call;
            $world.connections.push($connection);
            succeeded
        }
    };
}

pub(crate) const FUNCTIONS: &[Function] = &[
    function("config.create", 2, |world| {
        let terms = terms(world);
        Config::create(&terms).map(|config| world.configs.push(config)).is_ok()
    }),
    function("config.create-with", 1, |world| {
        let flags = world.one_of(&[VerifyFlags::empty(), VerifyFlags::STRICT, VerifyFlags::PARTIAL_CHAIN]);
        Config::create_with(&terms(world), flags).map(|config| world.configs.push(config)).is_ok()
    }),
    function("config.create-by", 1, |world| {
        let groups = world.one_of(&[&[][..], &[23], &[29, 24, 25, 29], &[0x6399]]);
        let config = Config::create_by(&terms(world), VerifyFlags::empty(), groups);
        config.map(|config| world.configs.push(config)).is_ok()
    }),
    function("connection.client", 2, |world| {
        let Some(config) = world.configs.last() else { return false };
        let name = if world.random.bool() { "known.test" } else { "not a name" };
        let name = if world.random.u8(..4) == 0 { None } else { Some(name) };
        Connection::client(config, name).map(|connection| world.connections.push(connection)).is_ok()
    }),
    function("connection.server", 2, |world| {
        let Some(config) = world.configs.last() else { return false };
        Connection::server(config).map(|connection| world.connections.push(connection)).is_ok()
    }),
    function("connection.pair", 2, pair),
    function("connection.put", 3, on!(world, connection => connection.put(&world.bytes()) > 0)),
    function(
        "connection.exchange",
        4,
        on!(world, connection => {
            let bytes = connection.take(world.size());
            world.connections.last().is_some_and(|other| other.put(&bytes) > 0)
        }),
    ),
    function(
        "connection.put-eof",
        1,
        on!(world, connection => {
            connection.put_eof();
            world.one_in(2)
        }),
    ),
    function(
        "connection.handshake",
        3,
        on!(world, connection => {
            connection.handshake().is_ok()
        }),
    ),
    function("connection.client-hello", 1, on!(world, connection => connection.client_hello().is_some())),
    function(
        "connection.choose",
        1,
        on!(world, connection => {
            world.configs.last().is_some_and(|config| connection.choose(config).is_ok())
        }),
    ),
    function("connection.refuse", 1, on!(world, connection => connection.refuse(world.random.u8(..)).is_ok())),
    function("connection.read", 1, on!(world, connection => connection.read(world.size()).is_ok())),
    function("connection.write", 1, on!(world, connection => connection.write(&world.bytes()).is_ok())),
    function("connection.close", 1, on!(world, connection => connection.close().is_ok())),
    function(
        "connection.told",
        1,
        on!(world, connection => {
            let told = (connection.version(), connection.cipher_suite(), connection.alpn());
            let chains = (connection.peer_certificates(), connection.verified_chain());
            connection.needed() + connection.unread() > 0 || told.0.is_some() || !chains.0.is_empty()
        }),
    ),
    function(
        "connection.export-keying-material",
        1,
        on!(world, connection => {
            connection.export_keying_material(world.size() as u32, &world.few_bytes(), None).is_ok()
        }),
    ),
];

/// A client and a server, who have agreed.
fn pair(world: &mut World) -> bool {
    let plain = |identity, choice| Terms {
        verify: VerifyMode::None,
        check_name: false,
        common_name: false,
        roots: Vec::new(),
        host_roots: false,
        crls: Vec::new(),
        revocation: RevocationCheck::None,
        identity,
        alpn: Vec::new(),
        minimum_version: TLS_1_2,
        maximum_version: TLS_1_3,
        cipher_suites: Vec::new(),
        choice,
    };
    let (Ok(chain), Ok(key)) = (std::fs::read("/data/certificate"), std::fs::read("/data/key")) else { return false };
    let identity = || Some(Identity { chain: vec![chain.clone()], key: key.clone() });
    let chooses = world.random.bool();
    let configs = (Config::create(&plain(identity(), chooses)), Config::create(&plain(identity(), false)));
    let (Ok(server), Ok(chosen)) = configs else { return false };
    let Ok(client) = Config::create(&plain(None, false)) else { return false };
    let ends = (Connection::client(&client, Some("known.test")), Connection::server(&server));
    let (Ok(client), Ok(server)) = ends else { return false };
    for _ in 0..8 {
        // Which of the two has something to say, or to hear, is theirs to know.
        let _ = (client.handshake(), server.put(&client.take(1 << 16)));
        if chooses && server.client_hello().is_some() {
            let _ = server.choose(&chosen);
        }
        let _ = (server.handshake(), client.put(&server.take(1 << 16)));
    }
    let agreed = client.handshake().is_ok() && server.handshake().is_ok();
    world.connections.extend([client, server]);
    agreed
}

fn terms(world: &mut World) -> Terms {
    let odd = |world: &mut World| if world.one_in(8) { vec![world.bytes()] } else { Vec::new() };
    Terms {
        verify: world.one_of(&[VerifyMode::None, VerifyMode::Optional, VerifyMode::Required]),
        check_name: world.random.bool(),
        common_name: world.random.bool(),
        roots: odd(world),
        host_roots: world.random.bool(),
        crls: odd(world),
        revocation: world.one_of(&[RevocationCheck::None, RevocationCheck::Leaf, RevocationCheck::Chain]),
        identity: world.one_in(8).then(|| Identity { chain: odd(world), key: world.few_bytes() }),
        alpn: odd(world),
        minimum_version: world.one_of(&[0, TLS_1_2, TLS_1_2, TLS_1_3]),
        maximum_version: world.one_of(&[0, TLS_1_2, TLS_1_3, TLS_1_3]),
        cipher_suites: if world.one_in(4) { vec![0x1301] } else { Vec::new() },
        choice: world.one_in(4),
    }
}
