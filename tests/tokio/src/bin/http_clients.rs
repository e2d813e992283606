//! Clients of HTTP: ureq, which waits, and reqwest. The argument is the server's URL, at 127.0.0.1, which
//! the first asks for as `localhost`: reqwest looks names up in threads.

use std::env;

use berkeley_test_tokio::Result;

fn main() -> Result {
    let url = env::args().nth(1).ok_or("which URL?")?;
    waiting(&url.replace("127.0.0.1", "localhost"))?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(awaiting(&url))
}

fn waiting(url: &str) -> Result {
    let agent = ureq::Agent::new_with_defaults();
    for number in 0..3 {
        print!("{}", agent.get(format!("{url}/{number}")).call()?.body_mut().read_to_string()?);
    }
    let body = "y".repeat(300_000);
    println!("{}", agent.post(format!("{url}/back")).send(&body)?.body_mut().read_to_string()? == body);
    let missing = agent.get(format!("{url}/no/such/page")).call().expect_err("there is no such page");
    println!("{missing}");
    Ok(())
}

async fn awaiting(url: &str) -> Result {
    let client = reqwest::Client::new();
    let answers = (0..20).map(|number| {
        let request = client.get(format!("{url}/{number}"));
        tokio::spawn(async move { request.send().await?.text().await })
    });
    for (number, answer) in answers.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(answer.await??, format!("number {number}\n"));
    }
    let body = "z".repeat(300_000);
    let answer = client.post(format!("{url}/back")).body(body.clone()).send().await?;
    println!("{} {}", answer.status(), answer.text().await? == body);
    println!("{}", client.get(format!("{url}/no/such/page")).send().await?.status());
    Ok(())
}
