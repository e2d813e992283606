//! Waiting for many sockets.

use berkeley_tests::guest;

#[test]
fn every_way_of_waiting() {
    guest("poll").allow("connect=127.0.0.1").allow("listen=127.0.0.1:0").succeeds();
}

#[test]
fn what_is_watched_for_long() {
    guest("poller").allow("connect=127.0.0.1").allow("listen=127.0.0.1:0").succeeds();
}

#[test]
fn a_runtime_waits_for_sockets_and_timers() {
    guest("runtime").allow("connect=127.0.0.1").allow("listen=127.0.0.1:0").succeeds();
}
