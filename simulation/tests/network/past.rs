//! What is left of connections that are over.

use std::time::Duration;

use berkeley_constants as c;
use berkeley_host::Errno;
use c::{POLLHUP, POLLIN};

use crate::{End, MILLI, accept, connect, joined, number, open, raw, receive, set, slow, two};

/// A listener with the option, or what keeps it from its address.
fn listen(host: &berkeley_simulation::network::Host, shares: i32) -> Result<End, Errno> {
    let end = open(host, c::AF_INET, c::SOCK_STREAM);
    set(&end, c::SOL_SOCKET, c::SO_REUSEADDR, shares).expect("is set");
    end.bind(&raw("10.0.0.2:80"))?;
    end.listen(5)?;
    Ok(end)
}

#[tokio::test(start_paused = true)]
async fn who_ends_a_connection_first_keeps_its_address_for_a_while() {
    for (first, shares, found) in [("server", 0, Err(Errno::EADDRINUSE)), ("server", 1, Ok(())), ("client", 0, Ok(()))]
    {
        let (_world, one, other) = two(1, slow(1));
        let listener = listen(&other, shares).expect("listens");
        let client = open(&one, c::AF_INET, c::SOCK_STREAM);
        connect(&client, &raw("10.0.0.2:80")).await.expect("connects");
        let server = accept(&listener).await;
        drop(listener);
        let (ends, last) = if first == "server" { (server, client) } else { (client, server) };
        drop(ends);
        assert_eq!(receive(&last, 1).await.expect("the end").data, b"");
        drop(last);
        tokio::time::sleep(100 * MILLI).await;
        assert_eq!(listen(&other, shares).map(drop), found, "{first} {shares}");
        if found.is_err() {
            assert_eq!(listen(&other, 1).map(drop), found, "both must share it");
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(listen(&other, 0).map(drop), Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_leaves_nothing_of_a_connection() {
    let (_world, one, other) = two(1, slow(1));
    let (client, server) = joined(&one, &other).await;
    drop(server);
    assert_eq!(receive(&client, 1).await.expect("the end").data, b"");
    drop(client);
    tokio::time::sleep(100 * MILLI).await;
    assert_eq!(listen(&other, 0).map(drop), Err(Errno::EADDRINUSE));
    other.crash();
    other.restart();
    assert_eq!(listen(&other, 0).map(drop), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn the_last_acknowledgement_may_be_lost() {
    let (world, one, other) = two(1, slow(10));
    let (client, server) = joined(&one, &other).await;
    drop(client);
    assert_eq!(receive(&server, 1).await.expect("the end").data, b"");
    server.shutdown(c::SHUT_WR).expect("ends");
    world.cut("one", "other", true);
    tokio::time::sleep(50 * MILLI).await;
    world.cut("one", "other", false);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(server.events(POLLIN) & POLLHUP, POLLHUP);
    assert_eq!(number(&server, c::SOL_SOCKET, c::SO_ERROR), 0, "it is no reset that it got at last");
}
