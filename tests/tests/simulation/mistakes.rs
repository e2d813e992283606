//! What is wrong in a scenario is told with its place.

use std::process::Command;

use berkeley_tests::{berkeley, text};

use crate::scenario::Scenario;

#[test]
fn what_is_wrong_in_a_scenario_is_told_with_its_place() {
    let host = "[hosts.a]\nprogram = \"<plain>\"\n";
    for (toml, told) in [
        ("", "scenario.toml:1:1: there is no host: write [hosts.NAME]"),
        ("sed = 7", "scenario.toml:1:1: there is no key `sed`; is `seed` meant? There are seed, limit,"),
        ("seed = \"x\"", "scenario.toml:1:8: invalid type: string \"x\", expected a whole number"),
        ("limit = \"soon\"", "1:9: `soon` is not a time such as \"1.5s\""),
        ("limit = true", "1:9: invalid type: boolean `true`, expected a time such as"),
        ("date = \"today\"\n[hosts.a]\nprogram = \"<plain>\"", "1:8: `today` is no date such as"),
        ("[hosts.a]\nprogramm = \"x\"", "2:1: there is no key `programm`; is `program` meant?"),
        ("[hosts.a]\nargs = []", "a host has one of the keys `program`, a component, and `python`"),
        ("[hosts.a]\nprogram = \"none.wasm\"", "2:11: cannot read"),
        (&format!("{host}files = {{ \"/a\" = 7 }}"), "3:18: the name of a file or directory in quotes"),
        (&format!("{host}files = {{ \"/a\" = \"nowhere\" }}"), "3:18: there is no file"),
        (&format!("{host}allow = [\"conect\"]"), "3:9: cannot understand the rule `conect`"),
        (&format!("{host}addresses = [\"10.0.0\"]"), "3:14: `10.0.0` is no address"),
        (&format!("{host}[[links]]\nloss = 2.0"), "4:8: this is a part of all"),
        (&format!("{host}[[links]]\nbetween = [\"a\", \"bb\"]"), "4:17: there is no host `bb`; there are a"),
        (&format!("{host}[[events]]\nat = \"1s\"\ncrash = \"b\""), "5:9: there is no host `b`"),
        (&format!("{host}[[events]]\nat = \"1s\""), "an event has, beside `at` and `for`, exactly one of the keys"),
        (&format!("{host}[[events]]\nat = \"1s\"\ncrush = \"a\""), "5:1: there is no key `crush`; is `crash` meant?"),
        (&format!("{host}[[random]]\nfaults = [\"crsh\"]"), "4:11: there is no fault `crsh`; is `crash` meant?"),
        (&format!("{host}[[checks]]\nhost = \"a\""), "a check has one of the keys `exits`, `prints`, `never`, `agree`"),
        (&format!("{host}[[checks]]\nprints = \"x\""), "this check is about a host"),
        (&format!("{host}[[checks]]\nhost = \"a\"\nprints = \"(\""), "5:10: regex parse error"),
        ("[hosts.a]\nprogram = 7", "2:11: invalid type: integer `7`, expected the path of a file in quotes"),
        (&format!("{host}count = 0"), "3:9: this is how many hosts there are"),
        (&format!("{host}count = 2\n[hosts.a1]\nprogram = \"<plain>\""), "two hosts of the name `a1`"),
        ("[hosts.\"a b\"]\nprogram = \"<plain>\"", "1:1: `a b` is no name of a host"),
        (&format!("{host}addresses = [\"127.0.0.1\"]"), "3:14: `127.0.0.1` is no address of a host"),
        (&format!("{host}count = 2\naddresses = [\"10.0.0.1\"]"), "4:14: two hosts would have the address"),
        (&format!("{host}files = {{ \"/../x\" = {{ text = \"x\" }} }}"), "3:21: `/../x` is no path on the host's disk"),
        (&format!("{host}linux = true"), "1:1: `sites`, `linux` and `inline-threads` are for a host"),
        (&format!("{host}[[links]]\nbetween = [\"a\", \"a\"]"), "4:17: two hosts are meant here"),
        (&format!("{host}[[links]]\nloss = \"much\""), "4:8: invalid type: string \"much\", expected a number"),
        (&format!("{host}[links]\nloss = 1.0"), "3:1: invalid type: table, expected a list"),
        (&format!("{host}[[events]]\ncrash = \"a\""), "3:1: there must be the key `at`"),
        (&format!("{host}[[events]]\nat = \"9h\"\ncrash = \"a\""), "4:6: the run is over before this"),
        (&format!("{host}[[events]]\nat = 1\nfor = 1\nheal = true"), "5:7: `for` is how long a fault lasts"),
        (&format!("{host}[[events]]\nat = 1\nheal = false"), "5:8: this is true for all, or two hosts"),
        (&format!("{host}[[events]]\nat = 1\npartition = [[\"a\"]]"), "5:13: this parts nobody"),
        (&format!("{host}[[events]]\nat = 1\npartition = [[\"a\"], [\"a\"]]"), "5:22: the host `a` is in two places"),
        (&format!("{host}[[events]]\nat = 1\nskew = \"a\""), "5:8: invalid type: string \"a\", expected a table: {"),
        (&format!("{host}[[events]]\nat = 1\nslow = {{ }}"), "5:8: this says nothing that is different"),
        (&format!("{host}[[random]]\nfaults = []"), "3:1: no fault is named"),
        (&format!("{host}[[random]]\nfaults = [\"full-disk\"]"), "4:11: there is no fault `full-disk`; is `fill-disk`"),
        (&format!("{host}[[random]]\nfaults = [\"crash\"]\nevery = 0"), "5:9: some time is between two faults"),
        (&format!("{host}[[random]]\nfaults = [\"crash\"]\nfrom = 9\nuntil = 5"), "3:1: nothing is drawn"),
        (&format!("{host}[[checks]]\nhost = \"a\"\nexits = 0\nwithin = 1"), "3:1: `after` and `within` are for"),
        (&format!("{host}[[checks]]\nhost = \"a\"\nagree = \"x\""), "3:1: a check with the key `agree` is about all"),
        (&format!("{host}start = \"2m\""), "3:9: the run is over before this: its limit is 1m"),
        (
            &format!("{host}[[checks]]\nhost = \"a\"\nprints = \"x\"\nafter = \"2m\""),
            "6:9: the run is over before this",
        ),
        (&format!("{host}[[checks]]\nhost = \"a\"\nexits = 300"), "5:9: an exit code is a number from 0 to 255"),
        (&format!("{host}[[events]]\nat = 1\nfor = 0\ncrash = \"a\""), "5:7: a fault lasts some time"),
        (&format!("{host}[[random]]\nfaults = [\"crash\", \"cut\"]"), "4:20: this happens between two hosts"),
        (
            &format!("{host}files = {{ \"/a\" = {{ text = \"x\", mode = 7 }} }}"),
            "3:18: the name of a file or directory",
        ),
        (&format!("{host}env = {{ \"\" = \"x\" }}"), "3:14: `` is no name of a variable"),
        (&format!("{host}env = {{ \"a=b\" = \"x\" }}"), "3:17: `a=b` is no name of a variable"),
        (&format!("{host}args = [\"x\", \"a\\u0000b\"]"), "3:14: no program can be told a zero"),
        ("[hosts.localhost]\nprogram = \"<plain>\"", "1:1: `localhost` is no name of a host, for"),
        ("[hosts.\"10.0.0.1\"]\nprogram = \"<plain>\"", "1:1: `10.0.0.1` is no name of a host, for"),
        ("limit = 0\n[hosts.a]\nprogram = \"<plain>\"", "1:9: this is a time of more than 0"),
        ("seed = 1\nseed = 2", "2:1: "),
        ("hosts", "1:6: "),
    ] {
        let output = Scenario::new(toml).run(&[]);
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains(told), "{toml}: {stderr}");
        assert!(!stderr.contains("panicked"), "{toml}: {stderr}");
    }
    let output = Command::new(berkeley()).args(["simulate", "/no/such.toml"]).output().expect("it starts");
    assert!(text(&output.stderr).contains("cannot read /no/such.toml"));
}
