//! A client of PostgreSQL: its arguments are the port and the password.

use std::env;

use berkeley_test_tokio::Result;
use tokio::net::TcpStream;
use tokio_postgres::{Config, NoTls};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let [port, password] = [1, 2].map(|at| env::args().nth(at).unwrap_or_default());
    let place = format!("127.0.0.1:{port}");
    let mut config = Config::new();
    config.user("tester").dbname("postgres").password(&password);
    let (mut client, connection) = config.connect_raw(TcpStream::connect(&place).await?, NoTls).await?;
    let driver = tokio::spawn(connection);
    client.batch_execute("CREATE TEMP TABLE things (id int8 PRIMARY KEY, name text NOT NULL)").await?;
    let transaction = client.transaction().await?;
    let insert = transaction.prepare("INSERT INTO things VALUES ($1, $2)").await?;
    // All at once, in one pipeline.
    let rows = (0..50i64).map(|id| (id, format!("name {id}"))).collect::<Vec<_>>();
    for (id, name) in &rows {
        transaction.execute(&insert, &[id, name]).await?;
    }
    transaction.commit().await?;
    let row = client.query_one("SELECT count(*), max(name), sum(id)::int8 FROM things", &[]).await?;
    println!("{} {} {}", row.get::<_, i64>(0), row.get::<_, &str>(1), row.get::<_, i64>(2));
    let [one, other] = ["SELECT 'one', pg_sleep(0.01)::text", "SELECT 'other', ''"];
    let both = tokio::try_join!(client.query_one(one, &[]), client.query_one(other, &[]))?;
    println!("{} {}", both.0.get::<_, &str>(0), both.1.get::<_, &str>(0));
    let large = client.query_one("SELECT repeat('x', 1000000)", &[]).await?;
    println!("{}", large.get::<_, &str>(0).len());
    let failed = client.query("SELECT * FROM nothing", &[]).await.expect_err("there is no such table");
    println!("{}", failed.code().ok_or("a code of SQL")?.code());
    drop(client);
    driver.await??;
    let refused = config
        .password("wrong")
        .connect_raw(TcpStream::connect(&place).await?, NoTls)
        .await
        .err()
        .ok_or("the password is wrong")?;
    println!("{}", refused.code().ok_or("a code of SQL")?.code());
    Ok(())
}
