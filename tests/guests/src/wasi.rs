//! WASI 0.2's own sockets, for guests that call them as they are.

use wasip2::io::streams::{InputStream, OutputStream, StreamError};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress};
use wasip2::sockets::tcp::TcpSocket;
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp::UdpSocket;
use wasip2::sockets::udp_create_socket::create_udp_socket;

/// An IPv4 address.
pub fn v4(address: [u8; 4], port: u16) -> IpSocketAddress {
    IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: address.into() })
}

/// An IPv6 address.
pub fn v6(address: [u16; 8], port: u16) -> IpSocketAddress {
    IpSocketAddress::Ipv6(Ipv6SocketAddress { port, flow_info: 0, address: address.into(), scope_id: 0 })
}

/// The loopback address of the family.
pub fn loopback(family: IpAddressFamily, port: u16) -> IpSocketAddress {
    match family {
        IpAddressFamily::Ipv4 => v4([127, 0, 0, 1], port),
        IpAddressFamily::Ipv6 => v6([0, 0, 0, 0, 0, 0, 0, 1], port),
    }
}

/// The port of an address.
pub fn port(address: IpSocketAddress) -> u16 {
    match address {
        IpSocketAddress::Ipv4(at) => at.port,
        IpSocketAddress::Ipv6(at) => at.port,
    }
}

/// Binds a TCP socket.
pub fn bind(socket: &TcpSocket, address: IpSocketAddress) -> Result<(), ErrorCode> {
    socket.start_bind(&instance_network(), address)?;
    socket.finish_bind()
}

/// Makes a TCP socket listen.
pub fn listen(socket: &TcpSocket) -> Result<(), ErrorCode> {
    socket.start_listen()?;
    socket.finish_listen()
}

/// A TCP socket that listens at a free port of the loopback address, and its address.
pub fn listener(family: IpAddressFamily) -> Result<(TcpSocket, IpSocketAddress), ErrorCode> {
    let socket = create_tcp_socket(family)?;
    bind(&socket, loopback(family, 0))?;
    listen(&socket)?;
    let address = socket.local_address()?;
    Ok((socket, address))
}

/// Connects, and waits until it has.
pub fn connect(socket: &TcpSocket, peer: IpSocketAddress) -> Result<(InputStream, OutputStream), ErrorCode> {
    socket.start_connect(&instance_network(), peer)?;
    loop {
        match socket.finish_connect() {
            Err(ErrorCode::WouldBlock) => socket.subscribe().block(),
            result => return result,
        }
    }
}

/// Waits for a connection.
pub fn accept(socket: &TcpSocket) -> Result<(TcpSocket, InputStream, OutputStream), ErrorCode> {
    loop {
        match socket.accept() {
            Err(ErrorCode::WouldBlock) => socket.subscribe().block(),
            result => return result,
        }
    }
}

/// One end of a connection. The streams are dropped first.
pub struct End {
    /// What it receives.
    pub input: InputStream,
    /// What it sends.
    pub output: OutputStream,
    /// The socket.
    pub socket: TcpSocket,
}

/// Both ends of a connection: who connected, and who accepted.
pub fn connection(family: IpAddressFamily) -> Result<(End, End), ErrorCode> {
    let (listener, address) = listener(family)?;
    let client = create_tcp_socket(family)?;
    let (input, output) = connect(&client, address)?;
    let client = End { input, output, socket: client };
    let (socket, input, output) = accept(&listener)?;
    Ok((client, End { input, output, socket }))
}

/// Reads to the end of the stream.
pub fn read_to_end(input: &InputStream) -> Result<Vec<u8>, StreamError> {
    let mut all = Vec::new();
    loop {
        match input.blocking_read(1 << 20) {
            Ok(more) => all.extend(more),
            Err(StreamError::Closed) => return Ok(all),
            Err(error) => return Err(error),
        }
    }
}

/// A UDP socket that is bound to that address.
pub fn udp(family: IpAddressFamily, address: IpSocketAddress) -> Result<UdpSocket, ErrorCode> {
    let socket = create_udp_socket(family)?;
    bind_udp(&socket, address)?;
    Ok(socket)
}

/// Binds a UDP socket.
pub fn bind_udp(socket: &UdpSocket, address: IpSocketAddress) -> Result<(), ErrorCode> {
    socket.start_bind(&instance_network(), address)?;
    socket.finish_bind()
}

/// The name of what a call answered: `ok`, or an error's.
pub fn told<T>(result: Result<T, ErrorCode>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(code) => code.name(),
    }
}

/// The name of what a stream answered.
pub fn told_by_stream<T>(result: Result<T, StreamError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(StreamError::Closed) => "closed",
        Err(StreamError::LastOperationFailed(_)) => "failed",
    }
}
