//! What the README promises.

use std::fs;
use std::path::Path;
use std::process::Command;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).expect("the README")
}

/// The first block of the README in that language.
fn block(language: &str) -> String {
    let readme = readme();
    let start = readme.find(&format!("```{language}\n")).expect("a block") + language.len() + 4;
    let length = readme[start..].find("\n```").expect("its end");
    readme[start..=start + length].to_owned()
}

#[test]
fn the_rules_of_the_readme_are_those_of_the_help() {
    let help = berkeley_tests::run(Command::new(berkeley_tests::berkeley()).args(["run", "--help"]));
    let readme = readme();
    let rows = readme.lines().skip_while(|line| !line.starts_with("| `--allow` |")).skip(2);
    let rules: Vec<_> =
        rows.map_while(|row| row.strip_prefix("| `")?.split_once("` |")).map(|(rule, _)| rule).collect();
    assert!(rules.len() >= 10, "{rules:?}");
    for rule in rules.iter().flat_map(|rule| rule.split("`, `")) {
        assert!(help.contains(rule), "{rule}");
    }
}

#[test]
fn the_files_that_the_readme_names_exist() {
    let readme = readme();
    let quoted = readme.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|text| text.contains('/') && (text.ends_with(".rs") || text.ends_with(".wit")));
    for path in paths.filter(|path| !path.starts_with("src/")) {
        let bare = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
        let in_host = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/src").join(path);
        assert!(bare.exists() || in_host.exists(), "{path}");
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
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
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
        fs::write(hello.join("src/main.rs"), block("rust")).expect("writes");
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
