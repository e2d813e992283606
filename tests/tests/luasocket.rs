//! LuaSocket's own tests, by Lua and LuaSocket as `cargo xtask programs` builds them.

use std::fs;

use berkeley_tests::c::{free_port, program, with_arguments};
use berkeley_tests::{Guest, root, text};
use tempfile::{TempDir, tempdir};

/// The modules of LuaSocket that are written in Lua, where Lua looks for them, and its tests.
fn lua_modules() -> TempDir {
    let directory = tempdir().expect("a directory");
    let source = root().join("target/programs/build/luasocket");
    fs::create_dir(directory.path().join("socket")).expect("makes");
    for entry in fs::read_dir(source.join("src")).expect("it is built") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
        let outer = ["socket.lua", "ltn12.lua", "mime.lua", "mbox.lua"].contains(&name.as_str());
        if name.ends_with(".lua") {
            let place = if outer { directory.path().to_owned() } else { directory.path().join("socket") };
            fs::copy(&path, place.join(name)).expect("copies");
        }
    }
    for entry in fs::read_dir(source.join("test")).expect("it is built") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "lua") {
            fs::copy(&path, directory.path().join(path.file_name().expect("a name"))).expect("copies");
        }
    }
    directory
}

/// Lua with LuaSocket, which runs one of its tests.
fn lua(modules: &TempDir, test: &[&str]) -> Option<Guest> {
    let guest = with_arguments(program("luasocket")?, test);
    let guest = guest.option("--dir", format!("{}::.", modules.path().display())).option("--env", "LUA_PATH=./?.lua");
    let rules =
        ["listen", "listen:udp", "connect=localhost", "connect=127.0.0.1", "udp=localhost", "resolve", "hostname"];
    Some(rules.into_iter().fold(guest, Guest::allow))
}

#[test]
fn luasocket_passes_its_own_tests() {
    if program("luasocket").is_none() {
        return;
    }
    let modules = lua_modules();
    for (test, end) in [
        ("excepttest.lua", "OK"),
        ("ltn12test.lua", "ok"),
        ("mimetest.lua", "done in"),
        ("test_bind.lua", "done!"),
        ("test_socket_error.lua", "connection refused"),
        ("urltest.lua", "passed all tests"),
    ] {
        let told = lua(&modules, &[test]).expect("it is built").output("inline");
        let (stdout, stderr) = (text(&told.stdout), text(&told.stderr));
        assert!(
            told.status.success() && stdout.lines().last().is_some_and(|line| line.contains(end)),
            "{test}: {stdout}{stderr}"
        );
    }
}

#[test]
fn luasocket_passes_its_own_tests_of_a_client_with_a_server() {
    let modules = if program("luasocket").is_some() { lua_modules() } else { return };
    let port = free_port();
    let at = format!("port = '{port}'");
    let mut server = lua(&modules, &["-e", &at, "testsrvr.lua"]).expect("it is built").start("inline");
    assert_eq!(server.line(), "server: waiting for client connection...");
    let told = lua(&modules, &["-e", &at, "testclnt.lua"]).expect("it is built").output("inline");
    let (stdout, stderr) = (text(&told.stdout), text(&told.stderr));
    assert!(told.status.success() && stderr.contains("done in"), "{}: {stdout}{stderr}", told.status);
}
