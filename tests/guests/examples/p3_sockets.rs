//! Calls WASI 0.3's own sockets, and tells what each call answers: the same whoever implements them.

use futures_util::future::join;
use wasip3::sockets::ip_name_lookup::resolve_addresses;
use wasip3::sockets::types::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress, TcpSocket, UdpSocket,
};
use wasip3::wit_bindgen::StreamResult;
use wasip3::wit_stream;

struct Program;

wasip3::cli::command::export!(Program);

/// Tells an expression, and its value.
macro_rules! show {
    ($value:expr) => {
        println!("  {}: {:?}", stringify!($value).split_whitespace().collect::<String>(), $value)
    };
}

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        for family in [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6] {
            println!("{family:?}");
            states(family).await;
            options(family);
            stream(family).await;
            ends(family).await;
            datagrams(family).await;
        }
        println!("look-ups");
        for name in ["127.0.0.1", "::1", "[::1]", "0x7f.1", "", " ", "127.0.0.1:80", "http://example.com/"] {
            show!((name, resolve_addresses(name.into()).await));
        }
        show!(resolve_addresses("localhost".into()).await.is_ok());
        Ok(())
    }
}

fn loopback(family: IpAddressFamily, port: u16) -> IpSocketAddress {
    match family {
        IpAddressFamily::Ipv4 => IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (127, 0, 0, 1) }),
        IpAddressFamily::Ipv6 => IpSocketAddress::Ipv6(Ipv6SocketAddress {
            port,
            flow_info: 0,
            address: (0, 0, 0, 0, 0, 0, 0, 1),
            scope_id: 0,
        }),
    }
}

fn port(address: IpSocketAddress) -> u16 {
    match address {
        IpSocketAddress::Ipv4(at) => at.port,
        IpSocketAddress::Ipv6(at) => at.port,
    }
}

async fn states(family: IpAddressFamily) {
    println!(" states");
    let socket = TcpSocket::create(family).expect("a socket");
    show!(socket.get_local_address().map(port));
    show!(socket.get_remote_address().map(port));
    show!(socket.get_is_listening());
    show!(socket.get_address_family() == family);
    show!(socket.bind(loopback(family, 0)));
    show!(socket.bind(loopback(family, 0)));
    show!(socket.get_local_address().is_ok());
    show!(socket.set_listen_backlog_size(0));
    show!(socket.set_listen_backlog_size(8));
    show!(socket.connect(loopback(family, 0)).await);
    let _incoming = socket.listen().expect("it listens");
    show!(socket.listen().is_err());
    show!(socket.get_is_listening());
    show!(socket.connect(loopback(family, 1)).await);
    show!(socket.send(wit_stream::new().1).await);
    let (nothing, end) = socket.receive();
    show!(nothing.collect().await);
    show!(end.await);
    println!(" listening without binding");
    let unbound = TcpSocket::create(family).expect("a socket");
    show!(unbound.listen().is_ok());
    show!(unbound.get_local_address().is_ok_and(|at| port(at) != 0));
    println!(" to nobody");
    let closed = TcpSocket::create(family).expect("a socket");
    closed.bind(loopback(family, 0)).expect("it binds");
    let nobody = closed.get_local_address().expect("bound");
    let socket = TcpSocket::create(family).expect("a socket");
    show!(socket.connect(nobody).await);
    show!(socket.connect(nobody).await);
    show!(socket.get_local_address().map(port));
}

fn options(family: IpAddressFamily) {
    println!(" options");
    let socket = TcpSocket::create(family).expect("a socket");
    show!(socket.set_keep_alive_idle_time(0));
    show!(socket.set_keep_alive_idle_time(1));
    show!(socket.get_keep_alive_idle_time());
    show!(socket.set_keep_alive_interval(u64::MAX));
    show!(socket.get_keep_alive_interval());
    show!(socket.set_keep_alive_count(u32::MAX));
    show!(socket.get_keep_alive_count());
    show!(socket.set_keep_alive_enabled(true));
    show!(socket.get_keep_alive_enabled());
    show!(socket.set_hop_limit(0));
    show!(socket.set_hop_limit(42));
    show!(socket.get_hop_limit());
    show!(socket.set_receive_buffer_size(0));
    show!(socket.set_receive_buffer_size(16000));
    show!(socket.get_receive_buffer_size());
    show!(socket.set_send_buffer_size(u64::MAX));
    show!(socket.get_send_buffer_size());
}

/// Both ends of a connection: who connected, and who accepted.
async fn connection(family: IpAddressFamily) -> (TcpSocket, TcpSocket) {
    let listener = TcpSocket::create(family).expect("a socket");
    listener.bind(loopback(family, 0)).expect("it binds");
    let mut incoming = listener.listen().expect("it listens");
    let client = TcpSocket::create(family).expect("a socket");
    let address = listener.get_local_address().expect("bound");
    let (connected, accepted) = join(client.connect(address), incoming.next()).await;
    connected.expect("it connects");
    (client, accepted.expect("a connection"))
}

async fn stream(family: IpAddressFamily) {
    println!(" streams");
    let (client, server) = connection(family).await;
    show!(server.get_remote_address().map(port).ok() == client.get_local_address().map(port).ok());
    // More than the buffers hold, so that both sides wait.
    let data: Vec<u8> = (0..10_000_000u32).map(|at| (at / 7) as u8).collect();
    let (mut writer, reader) = wit_stream::new();
    let sent = client.send(reader);
    let (received, end) = server.receive();
    let write = async {
        let left = writer.write_all(data.clone()).await;
        drop(writer);
        left.len()
    };
    let (left, all) = join(write, received.collect()).await;
    show!(left);
    show!(all == data);
    show!(sent.await);
    show!(end.await);
    // The other way, after this one has ended.
    let (mut writer, reader) = wit_stream::new();
    let sent = server.send(reader);
    let (mut received, end) = client.receive();
    show!(writer.write_all(b"back".to_vec()).await.len());
    let (result, data) = received.read(Vec::with_capacity(100)).await;
    show!((matches!(result, StreamResult::Complete(4)), data));
    drop(writer);
    show!(sent.await);
    show!(received.next().await);
    show!(end.await);
    show!(client.receive().1.await);
    show!(client.send(wit_stream::new().1).await);
}

async fn ends(family: IpAddressFamily) {
    println!(" ends");
    let (client, server) = connection(family).await;
    // Who takes no stream keeps the connection.
    let (received, end) = client.receive();
    drop(received);
    show!(end.await);
    let (mut writer, reader) = wit_stream::new();
    let sent = client.send(reader);
    show!(writer.write_all(b"one way".to_vec()).await.len());
    let (mut received, _end) = server.receive();
    let (_, data) = received.read(Vec::with_capacity(100)).await;
    show!(data);
    drop((received, server));
    // The peer is gone: what is written fails sooner or later.
    while writer.write_all(vec![0; 1000]).await.is_empty() {}
    show!(matches!(sent.await, Err(ErrorCode::ConnectionBroken | ErrorCode::ConnectionReset)));
}

async fn datagrams(family: IpAddressFamily) {
    println!(" datagrams");
    let bound = || {
        let socket = UdpSocket::create(family).expect("a socket");
        socket.bind(loopback(family, 0)).expect("it binds");
        let address = socket.get_local_address().expect("bound");
        (socket, address)
    };
    let ((one, at_one), (two, at_two)) = (bound(), bound());
    let fresh = UdpSocket::create(family).expect("a socket");
    show!(fresh.receive().await.map(|(data, _)| data));
    show!(fresh.disconnect());
    show!(fresh.get_local_address().map(port));
    show!(one.send(b"to nobody".to_vec(), None).await);
    let (received, sent) = join(two.receive(), one.send(b"hello".to_vec(), Some(at_two))).await;
    show!(sent);
    show!(received.map(|(data, from)| (data, port(from) == port(at_one))));
    show!(one.connect(at_two));
    show!(one.get_remote_address().map(port).ok() == Some(port(at_two)));
    show!(one.send(b"to the peer".to_vec(), None).await);
    show!(two.receive().await.map(|(data, _)| data));
    show!(one.send(b"to another".to_vec(), Some(at_one)).await);
    show!(one.send(vec![0; 1 << 16], None).await);
    show!(one.disconnect());
    show!(one.disconnect());
    show!(one.send(b"to nobody".to_vec(), None).await);
    show!(one.set_unicast_hop_limit(0));
    show!(one.set_unicast_hop_limit(7));
    show!(one.get_unicast_hop_limit());
    show!(fresh.send(b"from a port of the system's choice".to_vec(), Some(at_two)).await);
    show!(two.receive().await.map(|(_, from)| Some(port(from)) == fresh.get_local_address().map(port).ok()));
}
