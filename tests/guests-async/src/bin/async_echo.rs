//! A server that sends back what it hears, for any number of clients at once. It says its port, and ends when the argument,
//! a number of clients, have come and gone.

use std::io::Result;

use berkeley_guest::future::{TcpListener, TcpStream, block_on, spawn};

fn main() -> Result<()> {
    let clients = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(1);
    block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        let mut tasks = Vec::new();
        for _ in 0..clients {
            let (stream, _) = listener.accept().await?;
            tasks.push(spawn(echo(stream)));
        }
        let mut all = 0;
        for task in tasks {
            all += task.await??;
        }
        println!("{all}");
        Ok(())
    })
}

async fn echo(stream: TcpStream) -> Result<usize> {
    let mut buffer = [0; 4096];
    let mut all = 0;
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(all);
        }
        stream.write_all(&buffer[..length]).await?;
        all += length;
    }
}
