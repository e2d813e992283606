//! Unix sockets of a simulated host by their paths, which are names in its world and nothing of this machine's.

use std::fs;

use crate::scenario::{Scenario, passes};

/// Binds by each path, and connects to it before and after.
const PROGRAM: &str = "import errno, socket, sys
def tell(path, call):
    try:
        call(path)
        said = 'well'
    except OSError as e:
        said = 'EACCES' if isinstance(e, PermissionError) else errno.errorcode.get(e.errno, e)
    print(path, call.__name__, said, flush=True)
for path in sys.argv[1:]:
    tell(path, socket.socket(socket.AF_UNIX).connect)
    server = socket.socket(socket.AF_UNIX)
    tell(path, server.bind)
    if server.getsockname():
        server.listen()
        client = socket.socket(socket.AF_UNIX)
        tell(path, client.connect)
        accepted = server.accept()[0]
        client.sendall(path.encode())
        assert accepted.recv(100) == path.encode()
";

/// What the program prints of those paths under that line of the scenario.
fn told(paths: &str, line: &str) -> Vec<String> {
    let toml = format!("[hosts.a]\npython = \"a.py\"\nargs = {paths}\n{line}");
    let scenario = Scenario::new(&toml);
    fs::write(scenario.file("a.py"), PROGRAM).expect("writes");
    let printed = passes(&scenario.run(&[]));
    printed.lines().filter_map(|line| Some(line.split_once(" a | ")?.1.to_owned())).collect()
}

#[test]
fn without_rules_any_path_is_a_name() {
    let expected = ["ENOENT", "well", "well"];
    let paths = ["/x", "/run/no such directory/x", "relative"];
    let lines = told(r#"["/x", "/run/no such directory/x", "relative"]"#, "");
    let calls = ["connect", "bind", "connect"];
    let all = paths
        .iter()
        .flat_map(|path| calls.iter().zip(expected).map(move |(call, said)| format!("{path} {call} {said}")));
    assert_eq!(lines, all.collect::<Vec<_>>());
}

#[test]
fn rules_name_directories_that_this_machine_need_not_have() {
    let lines = told(r#"["/no/such/directory/x", "/x"]"#, "allow = [\"unix=/no/such/directory\"]");
    let there = ["connect ENOENT", "bind well", "connect well"].map(|said| format!("/no/such/directory/x {said}"));
    let refused = ["connect EACCES", "bind EACCES"].map(|said| format!("/x {said}"));
    assert_eq!(lines, [&there[..], &refused].concat());
}
