//! What is held back before it is sent.

use berkeley_constants as c;
use berkeley_host::network::Sending;
use std::io::IoSlice;
use tokio::time::Instant;

use crate::{End, MILLI, joined, receive, send, set, slow, two};

/// What comes in each call, and after how many milliseconds, until so many bytes have come.
async fn comes(end: &End, length: usize) -> Vec<(String, u128)> {
    let (began, mut all, mut left) = (Instant::now(), Vec::new(), length);
    while left > 0 {
        let data = receive(end, 100_000).await.expect("data").data;
        left -= data.len();
        let told = if data.len() < 10 { String::from_utf8(data).expect("text") } else { data.len().to_string() };
        all.push((told, began.elapsed().as_millis()));
    }
    all
}

fn put(end: &End, texts: &[&str]) {
    for text in texts {
        send(end, text.as_bytes(), None).expect("sends");
    }
}

fn told<const N: usize>(all: [(&str, u128); N]) -> Vec<(String, u128)> {
    all.map(|(text, at)| (text.to_owned(), at)).into()
}

#[tokio::test(start_paused = true)]
async fn a_small_segment_waits_for_the_one_before_unless_told_not_to() {
    let (_world, one, other) = two(1, slow(10));
    let (client, server) = joined(&one, &other).await;
    put(&client, &["a", "b", "c"]);
    assert_eq!(comes(&server, 3).await, told([("a", 10), ("bc", 30)]));
    // What is full waits for none, and none waits for it.
    tokio::time::sleep(100 * MILLI).await;
    put(&client, &[&"x".repeat(1460), "d"]);
    assert_eq!(comes(&server, 1461).await, told([("1461", 10)]));
    tokio::time::sleep(100 * MILLI).await;
    set(&client, c::IPPROTO_TCP, c::TCP_NODELAY, 1).expect("is set");
    put(&client, &["e", "f", "g"]);
    assert_eq!(comes(&server, 3).await, told([("efg", 10)]));
    // The end holds back nothing.
    set(&client, c::IPPROTO_TCP, c::TCP_NODELAY, 0).expect("is set");
    tokio::time::sleep(100 * MILLI).await;
    put(&client, &["h", "i"]);
    client.shutdown(c::SHUT_WR).expect("ends");
    assert_eq!(comes(&server, 2).await, told([("hi", 10)]));
}

#[tokio::test(start_paused = true)]
async fn a_cork_holds_back_what_fills_no_segment_for_a_while() {
    let (_world, one, other) = two(1, slow(10));
    let (client, server) = joined(&one, &other).await;
    set(&client, c::IPPROTO_TCP, c::TCP_CORK, 1).expect("is set");
    put(&client, &["a", "b"]);
    assert_eq!(comes(&server, 2).await, told([("ab", 210)]));
    tokio::time::sleep(100 * MILLI).await;
    put(&client, &["c", "d"]);
    set(&client, c::IPPROTO_TCP, c::TCP_CORK, 0).expect("is set");
    assert_eq!(comes(&server, 2).await, told([("cd", 10)]));
    tokio::time::sleep(100 * MILLI).await;
    let more = |text: &[u8], flags| {
        let buffers = &[IoSlice::new(text)];
        client.send(Sending { buffers, address: None, control: &[], passed: &[], flags }).expect("sends")
    };
    more(b"e", c::MSG_MORE);
    tokio::time::sleep(50 * MILLI).await;
    more(b"f", 0);
    assert_eq!(comes(&server, 2).await, told([("ef", 10)]));
}
