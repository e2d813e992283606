//! A server that sends back what comes, to as many clients at once as it is told to wait for. It tells its port, once all
//! are there `all`, and at the end how many bytes it has sent back.

use std::env;

use berkeley_test_tokio::Result;
use tokio::io;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let clients: usize = env::args().nth(1).ok_or("how many clients?")?.parse()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let (mut stream, _) = listener.accept().await?;
        tasks.spawn(async move {
            let (mut reader, mut writer) = stream.split();
            io::copy(&mut reader, &mut writer).await
        });
    }
    println!("all");
    let mut sent = 0;
    while let Some(task) = tasks.join_next().await {
        sent += task??;
    }
    println!("{sent}");
    Ok(())
}
