//! Faults as a program in Python sees them.

use std::fs;

use crate::scenario::{Scenario, passes};

#[test]
fn faults_of_one_host_are_felt_while_they_last() {
    let scenario = Scenario::new(
        "limit = \"100s\"\n[hosts.a]\npython = \"a.py\"\n[hosts.b]\npython = \"b.py\"\nserves = true\n[hosts.c]\npython = \"b.py\"\nserves = true\n
[[events]]\nat = \"10s\"\nfor = \"10s\"\nrename = { name = \"primary\", to = [\"b\"] }
[[events]]\nat = \"20s\"\nfor = \"9s\"\nrename = { name = \"b\", to = [\"c\"] }
[[events]]\nat = \"30s\"\nfor = \"10s\"\nrename = { name = \"b\", to = [] }
[[events]]\nat = \"10s\"\nfor = \"10s\"\nskew = { host = \"a\", by = \"-1h\" }
[[events]]\nat = \"20s\"\nfor = \"10s\"\nfill-disk = \"a\"
[[events]]\nat = \"41s\"\nfor = \"20s\"\npause = \"a\"\n",
    );
    fs::write(scenario.file("b.py"), "import time\ntime.sleep(1e6)\n").expect("writes");
    let program = "import socket, time
def address(name):
    try: return socket.gethostbyname(name)
    except socket.gaierror as failure: return failure.args[0] == socket.EAI_NONAME
def writes():
    try:
        with open('/file', 'wb') as file: file.write(b'x' * 100)
        return True
    except OSError: return False
begin = time.time() - time.monotonic()
for turn in range(5):
    time.sleep(5)
    skew = round((time.time() - time.monotonic() - begin) / 60)
    print(turn, address('primary'), address('b'), skew, writes(), flush=True)
    time.sleep(5)
begin = time.monotonic()
time.sleep(5)
print('slept', round(time.monotonic() - begin, -1), flush=True)
";
    fs::write(scenario.file("a.py"), program).expect("writes");
    let stdout = passes(&scenario.run(&["--seed", "1"]));
    let told: Vec<_> = stdout.lines().filter_map(|line| line.split_once("a | ")).map(|(_, told)| told).collect();
    let expected = [
        "0 True 10.0.0.2 0 True",
        "1 10.0.0.2 10.0.0.2 -60 True",
        "2 True 10.0.0.3 0 False",
        "3 True True 0 True",
        "4 True 10.0.0.2 0 True",
        "slept 10.0",
    ];
    assert_eq!(told, expected, "{stdout}");
}
