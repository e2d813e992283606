//! The poller on a simulated network.

use crate::scenario::{alone, passes};

#[test]
fn the_poller_watches_simulated_sockets() {
    let stdout = passes(&alone("poller", "args = [\"urgent data\"]\n").run(&[]));
    assert!(stdout.contains("a | tokens and bits") && !stdout.contains("urgent data"), "{stdout}");
}
