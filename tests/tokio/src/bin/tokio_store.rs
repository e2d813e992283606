//! A value with versions on several nodes, each of which keeps it in a file, and a client that writes it and reads it back.
//!
//! `node PORT PEER…` is a node; `client COUNT NODE:PORT…` writes so many versions. A version is written once most nodes
//! have it, and what most nodes say is read: so a reader sees what was written last. With `hasty` in the place of `node` a
//! node answers as soon as it has a version itself, and tells the others meanwhile.

use std::net::ToSocketAddrs;
use std::time::Duration;

use berkeley_test_tokio::Result;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_millis(500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match &words[..] {
        [role, port, peers @ ..] if role == "node" || role == "hasty" => {
            node(role == "hasty", port.parse()?, peers.to_vec()).await
        }
        [role, count, nodes @ ..] if role == "client" => client(count.parse()?, nodes).await,
        _ => Err("write node PORT PEER…, hasty PORT PEER… or client COUNT NODE…".into()),
    }
}

/// Asks another node, and gives its answer.
async fn ask(node: String, question: String) -> Option<String> {
    let asking = async {
        // tokio looks names up on another thread, which a guest has not.
        let address = node.to_socket_addrs()?.next().ok_or(std::io::ErrorKind::NotFound)?;
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(question.as_bytes()).await?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).await?;
        std::io::Result::Ok(answer.trim().to_owned())
    };
    timeout(PATIENCE, asking).await.ok()?.ok().filter(|answer| !answer.is_empty())
}

const FILE: &str = "/version";

fn stored() -> u64 {
    std::fs::read_to_string(FILE).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

fn store(version: u64) -> std::io::Result<()> {
    if version > stored() { std::fs::write(FILE, version.to_string()) } else { Ok(()) }
}

async fn node(hasty: bool, port: u16, peers: Vec<String>) -> Result {
    let listener = TcpListener::bind(("0.0.0.0", port)).await?;
    println!("has version {}", stored());
    loop {
        let (stream, _) = listener.accept().await?;
        let peers = peers.clone();
        tokio::spawn(async move {
            // A client that is gone needs no answer.
            let _ = serve(stream, hasty, peers).await;
        });
    }
}

async fn serve(stream: TcpStream, hasty: bool, peers: Vec<String>) -> Result {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let answer = match line.trim().split_once(' ') {
        Some(("put", version)) => {
            store(version.parse()?)?;
            "ok".to_owned()
        }
        Some(("set", version)) => {
            let version: u64 = version.parse()?;
            store(version)?;
            let needed = peers.len().div_ceil(2);
            let told = tell(peers, version);
            if hasty {
                tokio::spawn(told);
                "ok".to_owned()
            } else {
                if told.await >= needed { "ok" } else { "few" }.to_owned()
            }
        }
        _ => stored().to_string(),
    };
    stream.write_all(format!("{answer}\n").as_bytes()).await?;
    stream.shutdown().await?;
    Ok(())
}

/// Tells the others of the version: how many have it then.
async fn tell(peers: Vec<String>, version: u64) -> usize {
    let mut asked: JoinSet<_> = peers.into_iter().map(|peer| ask(peer, format!("put {version}\n"))).collect();
    let mut have = 0;
    while let Some(answer) = asked.join_next().await {
        have += usize::from(answer.is_ok_and(|answer| answer.as_deref() == Some("ok")));
    }
    have
}

async fn client(count: u64, nodes: &[String]) -> Result {
    for version in 1..=count {
        'written: loop {
            for node in nodes {
                if ask(node.clone(), format!("set {version}\n")).await.as_deref() == Some("ok") {
                    break 'written;
                }
            }
            sleep(PAUSE).await;
        }
        let read = read(nodes).await;
        if read < version {
            println!("lost: version {version} was written, and {read} is read");
            std::process::exit(1);
        }
        sleep(PAUSE).await;
    }
    println!("done");
    Ok(())
}

const PAUSE: Duration = Duration::from_millis(100);

/// The latest version that most nodes know of.
async fn read(nodes: &[String]) -> u64 {
    loop {
        let mut answers = Vec::new();
        for node in nodes {
            let answer = ask(node.clone(), "get\n".to_owned()).await;
            answers.extend(answer.and_then(|answer| answer.parse::<u64>().ok()));
            if answers.len() > nodes.len() / 2 {
                return answers.into_iter().max().unwrap_or(0);
            }
        }
        sleep(PAUSE).await;
    }
}
