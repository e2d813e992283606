//! TLS between tasks, and of a server and a client with native peers. Arguments: a directory with certificates, and
//! `both`; `server`, which says its port and echoes one connection; `client` and a port; `at-once` and the port of a
//! server that sends all before it reads anything.

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::future::{Stream, TcpListener, TcpStream, TlsStream, UnixStream, block_on, spawn};
use berkeley_guest::tls::{Config, Identity, Terms, certificates};
use futures_util::{AsyncReadExt, AsyncWriteExt};

/// More than any buffer on the way holds.
const SIZE: usize = 6 << 20;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    block_on(async {
        match arguments.as_slice() {
            [at, "both"] => both(at).await,
            [at, "server"] => server(at).await,
            [at, "client", port] => client(at, port).await,
            [at, "at-once", port] => {
                let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
                both_directions(TlsStream::client(&client_config(at)?, Some("localhost"), stream)?).await?;
                println!("done");
                Ok(())
            }
            _ => bail!("what to do"),
        }
    })
}

fn server_config(at: &str) -> Result<Config> {
    let read = |name: &str| std::fs::read_to_string(format!("{at}/{name}")).context("a file");
    Ok(Config::new(Terms::server(Identity::from_pem(&read("localhost.pem")?, &read("localhost.key")?)?))?)
}

fn client_config(at: &str) -> Result<Config> {
    let roots = certificates(&std::fs::read_to_string(format!("{at}/ca.pem"))?)?;
    Ok(Config::new(Terms { roots, host_roots: false, ..Terms::default() })?)
}

/// Both ends send more than there is room for before either reads.
async fn both(at: &str) -> Result<()> {
    let (server_config, client_config) = (server_config(at)?, client_config(at)?);
    let (left, right) = UnixStream::pair()?;
    let server = spawn(both_directions(TlsStream::server(&server_config, left)?));
    let client = spawn(both_directions(TlsStream::client(&client_config, Some("localhost"), right)?));
    server.await??;
    client.await??;

    let (left, right) = UnixStream::pair()?;
    let server = TlsStream::server(&server_config, left)?;
    let stranger = TlsStream::client(&client_config, Some("elsewhere.example"), right)?;
    let refused = spawn(async move {
        let mut server = server;
        server.handshake().await
    });
    let mut stranger = stranger;
    ensure!(stranger.handshake().await.is_err_and(|error| error.kind() == std::io::ErrorKind::InvalidData));
    ensure!(refused.await?.is_err());
    println!("done");
    Ok(())
}

/// Sends and receives at once, by the halves that futures-util makes.
async fn both_directions<S: Stream + Unpin + 'static>(stream: TlsStream<S>) -> Result<()> {
    let (mut reader, mut writer) = AsyncReadExt::split(stream);
    let writing = spawn(async move {
        let data: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
        AsyncWriteExt::write_all(&mut writer, &data).await?;
        AsyncWriteExt::flush(&mut writer).await?;
        anyhow::Ok(writer)
    });
    let mut all = vec![0; SIZE];
    AsyncReadExt::read_exact(&mut reader, &mut all).await?;
    ensure!(all.iter().enumerate().all(|(at, byte)| *byte == (at % 251) as u8));
    let mut writer = writing.await??;
    AsyncWriteExt::close(&mut writer).await?;
    ensure!(AsyncReadExt::read(&mut reader, &mut [0; 10]).await? == 0);
    Ok(())
}

async fn server(at: &str) -> Result<()> {
    let config = server_config(at)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let (stream, _) = listener.accept().await?;
    let mut stream = TlsStream::server(&config, stream)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match stream.read(&mut buffer).await? {
            0 => break,
            length => {
                stream.write_all(&buffer[..length]).await?;
                stream.flush().await?;
            }
        }
    }
    stream.close().await?;
    Ok(())
}

async fn client(at: &str, port: &str) -> Result<()> {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    let mut stream = TlsStream::client(&client_config(at)?, Some("localhost"), stream)?;
    let data = vec![b'x'; 100_000];
    stream.write_all(&data).await?;
    stream.flush().await?;
    let mut all = vec![0; data.len()];
    AsyncReadExt::read_exact(&mut stream, &mut all).await?;
    ensure!(all == data && stream.version().is_some());
    stream.close().await?;
    println!("done");
    Ok(())
}
