//! Pairs of connected sockets, which need no grant.

use berkeley_tests::guest;

#[test]
fn both_ends_in_one_guest() {
    guest("pair").succeeds();
}
