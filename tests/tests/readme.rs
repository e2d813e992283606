//! What the README promises, and the table of rules in the book.

use std::fs;
use std::process::Command;

fn page(path: &str) -> String {
    fs::read_to_string(berkeley_tests::root().join(path)).expect("the page")
}

fn readme() -> String {
    page("README.md")
}

/// The first block of the README with those words at its head.
fn block(head: &str) -> String {
    let readme = readme();
    let start = readme.find(&format!("```{head}\n")).expect("a block") + head.len() + 4;
    let length = readme[start..].find("\n```").expect("its end");
    readme[start..=start + length].to_owned()
}

#[test]
fn the_rules_of_the_book_are_those_of_the_help() {
    let help = berkeley_tests::run(Command::new(berkeley_tests::berkeley()).args(["run", "--help"]));
    let page = page("docs/src/running.md");
    let rows = page.lines().skip_while(|line| *line != "| rule | is for |").skip(2);
    let rules: Vec<_> =
        rows.map_while(|row| row.strip_prefix("| `")?.split_once("` |")).map(|(rule, _)| rule).collect();
    assert!(rules.len() >= 10, "{rules:?}");
    for rule in rules.iter().flat_map(|rule| rule.split("`, `")) {
        assert!(help.contains(rule), "{rule}");
    }
}

/// The first guest is built for the target as Rust releases it.
mod released_target {
    use super::*;
    use berkeley_tests::{Running, berkeley, run};
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpStream};

    #[test]
    fn the_first_guest_works_as_told() {
        let root = berkeley_tests::root();
        let directory = tempfile::tempdir().expect("a directory");
        let hello = directory.path().join("hello");
        let cargo = |args: &[&str]| {
            let target = root.join("target/guests");
            run(Command::new("cargo").args(args).current_dir(&hello).env("CARGO_TARGET_DIR", target));
        };
        run(Command::new("cargo").args(["new", "--vcs", "none", "hello"]).current_dir(&directory));
        // The versions that the other guests have, so that nothing new is fetched or compiled.
        fs::copy(root.join("Cargo.lock"), hello.join("Cargo.lock")).expect("copies");
        cargo(&["add", "--path", root.join("guest").to_str().expect("UTF-8")]);
        fs::write(hello.join("src/main.rs"), block("rust,no_run")).expect("writes");
        cargo(&["build", "--release", "--target", "wasm32-wasip2"]);

        let program = root.join("target/guests/wasm32-wasip2/release/hello.wasm");
        let refused = Command::new(berkeley()).arg("run").arg(&program).output().expect("it starts");
        let stderr = berkeley_tests::text(&refused.stderr);
        assert!(readme().contains(stderr.trim_end()), "the README shows another refusal than:\n{stderr}");

        let mut command = Command::new(berkeley());
        command.args(["run", "--allow", "listen=127.0.0.1:0"]).arg(&program).arg("127.0.0.1:0");
        let mut guest = Running::start(command);
        let line = guest.line();
        let address = line.strip_prefix("listening at ").expect("an address");
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.write_all(b"World\n").expect("sends");
        stream.shutdown(Shutdown::Write).expect("shuts");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        assert_eq!(answer, format!("Hello, World, at {}!\n", stream.local_addr().expect("an address")));
    }
}
