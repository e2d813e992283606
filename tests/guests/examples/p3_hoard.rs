//! A program of WASI 0.3 that takes all sockets that it can get, connections that it accepts among them. The first argument
//! says whether it then gives one back, or keeps all and waits for ever.

use anyhow::{Context as _, Result, ensure};
use berkeley_guest::socket::{AF_INET, SOCK_STREAM, Socket, errno};
use futures_util::future::join;
use wasip3::clocks::monotonic_clock::wait_for;
use wasip3::filesystem::preopens::get_directories;
use wasip3::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasip3::sockets::types::{ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, TcpSocket, UdpSocket};

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        let keeps = wasip3::cli::environment::get_arguments().get(1).is_some_and(|what| what == "keep");
        let hoard = if keeps { keep().await } else { exhaust().await };
        hoard.map_err(|error| eprintln!("{error:?}"))
    }
}

const FAMILY: IpAddressFamily = IpAddressFamily::Ipv4;

/// One socket of either kind in turn, until there is no more.
struct Hoard {
    streams: Vec<TcpSocket>,
    datagrams: Vec<UdpSocket>,
}

impl Hoard {
    fn take() -> Result<Self> {
        let mut taken = Self { streams: Vec::new(), datagrams: Vec::new() };
        let ended = loop {
            match TcpSocket::create(FAMILY) {
                Ok(socket) => taken.streams.push(socket),
                Err(code) => break code,
            }
            match UdpSocket::create(FAMILY) {
                Ok(socket) => taken.datagrams.push(socket),
                Err(code) => break code,
            }
        };
        ensure!(matches!(ended, ErrorCode::Other(_)), "{ended:?}");
        Ok(taken)
    }
}

async fn opens() -> Result<bool> {
    let (directory, _) = get_directories().pop().context("a directory")?;
    let path = String::from("small");
    Ok(directory.open_at(PathFlags::empty(), path, OpenFlags::empty(), DescriptorFlags::READ).await.is_ok())
}

/// Takes all, has a connection wait, and gives one back.
async fn exhaust() -> Result<()> {
    let listener = TcpSocket::create(FAMILY)?;
    listener.bind(IpSocketAddress::Ipv4(Ipv4SocketAddress { port: 0, address: (127, 0, 0, 1) }))?;
    let mut incoming = listener.listen()?;
    let clients = [TcpSocket::create(FAMILY)?, TcpSocket::create(FAMILY)?];
    clients[0].connect(listener.get_local_address()?).await?;
    let first = incoming.next().await.context("a connection")?;
    let mut hoard = Hoard::take()?;
    println!("a file opens: {}", opens().await?);
    // They count beside those of the other package, and give back what they had.
    let beside = || Socket::new(AF_INET, SOCK_STREAM, 0).map(drop).map_err(|error| error.number());
    println!("beside: {}", beside() == Err(Some(errno::EMFILE)));
    let connect = clients[1].connect(listener.get_local_address()?);
    let (connected, refused) = join(connect, incoming.next()).await;
    connected?;
    println!("accepted: {:?}", refused.context("a socket")?.get_remote_address().map(drop));
    hoard.datagrams.pop();
    let second = incoming.next().await.context("a connection")?;
    println!("one less: {:?}", second.get_remote_address().map(drop));
    drop((first, second));
    println!("again: {:?}", beside());
    Ok(())
}

/// Takes all, and tells how many.
async fn keep() -> Result<()> {
    let hoard = Hoard::take()?;
    println!("{}", hoard.streams.len() + hoard.datagrams.len());
    wait_for(u64::MAX).await;
    drop(hoard);
    Ok(())
}
