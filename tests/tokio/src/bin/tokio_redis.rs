//! A client of redis, first one that waits and then one of tokio's: its argument is the port.

use std::env;

use berkeley_test_tokio::Result;
use redis::{AsyncCommands, Client, Commands};

fn main() -> Result {
    let port = env::args().nth(1).ok_or("which port?")?;
    waiting(&Client::open(format!("redis://localhost:{port}/"))?)?;
    // tokio looks names up in threads.
    let client = Client::open(format!("redis://127.0.0.1:{port}/"))?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(awaiting(&client))
}

fn waiting(client: &Client) -> Result {
    let mut connection = client.get_connection()?;
    let value = "x".repeat(300_000);
    let () = connection.set("large", &value)?;
    println!("{}", connection.get::<_, String>("large")? == value);
    let mut pipe = redis::pipe();
    for number in 0..1000 {
        pipe.rpush("list", number).ignore();
    }
    let () = pipe.query(&mut connection)?;
    println!("{} {:?}", connection.llen::<_, usize>("list")?, connection.lrange::<_, Vec<u32>>("list", -2, -1)?);
    let failed = connection.incr::<_, _, i64>("large", 1).expect_err("no number");
    println!("{}", failed.detail().unwrap_or_default());
    Ok(())
}

async fn awaiting(client: &Client) -> Result {
    let connection = client.get_multiplexed_async_connection().await?;
    let mut asked = connection.clone();
    // One waits on the server while another asks over the same connection.
    let mut blocking = client.get_multiplexed_async_connection().await?;
    let popped = tokio::spawn(async move { blocking.blpop::<_, (String, String)>("queue", 0.0).await });
    let tasks = (0..100).map(|number| {
        let mut connection = connection.clone();
        tokio::spawn(async move { connection.incr::<_, _, u64>("sum", number).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    println!("{}", asked.get::<_, u64>("sum").await?);
    let () = asked.rpush("queue", "item").await?;
    println!("{:?}", popped.await??);
    Ok(())
}
