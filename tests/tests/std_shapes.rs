//! The shapes of `std` in the guest crate, to the letter.

use berkeley_tests::guest;

#[test]
fn the_shapes_are_those_of_std() {
    let directory = tempfile::tempdir().expect("a directory");
    let names = format!("berkeley-shapes-{}", std::process::id());
    guest("std_shapes")
        .allow("listen=127.0.0.1:0-65535")
        .allow("connect=127.0.0.1")
        .allow("connect=localhost")
        .allow("udp=127.0.0.1")
        .allow(format!("unix={}::/run/x", directory.path().display()))
        .allow(format!("unix=@{names}*"))
        .arg(names)
        .succeeds();
}
