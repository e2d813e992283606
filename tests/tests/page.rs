//! The page in `docs` says what `berkeley conformance` finds: on the kernel that the tests run on, and in the lab.

use std::process::Command;

use berkeley_tests::{Running, berkeley, root, run, skipped, text};

/// Two controllers of Bluetooth that reach each other.
const CONTROLLERS: &str = include_str!("../data/bluetooth.py");

/// The columns of the page: the row, wasi:sockets 0.2, wasi:sockets 0.3, Berkeley here, under each host wasi:sockets 0.2 and
/// 0.3, Berkeley in the lab.
const HERE: usize = 3;
const HOSTS: [(&str, [usize; 2]); 2] = [("wasmtime", [4, 5]), ("jco", [6, 7])];
const LAB: usize = 8;

/// The rows of the page's tables, cell by cell.
fn table(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches(['|', ' ']).split(" | ").map(str::to_owned).collect();
    page.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

/// Checks the cells of each row against those columns of the page in `docs`.
#[track_caller]
fn is_current(now: &str, columns: &[usize]) {
    let path = root().join("docs/conformance.md");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    // Another kernel than the page's may have more or less, and then more or less of a row is tried; nothing else may differ.
    let (_, kernel) = now.split_once("`berkeley conformance` on ").expect("a kernel");
    let (kernel, _) = kernel.split_once(". ").expect("a sentence");
    let is_its_kernel = is_lab() && kept.contains(&format!("| Berkeley on {kernel} |"));
    let (kept, now) = (table(&kept), table(now));
    let same = |(kept, now): (&String, &String)| {
        let any = [kept, now].iter().any(|cell| cell.contains("not in this kernel"));
        let both = [kept, now].iter().all(|cell| cell.starts_with("✓ works"));
        // Under jco it is by chance whether what has come before anybody waits for it is lost.
        let late = [kept, now].iter().any(|cell| cell.contains("timeout"));
        kept == now || late || (!is_its_kernel && (any || both))
    };
    let differs = |(kept, now): &(Vec<String>, Vec<String>)| {
        let kept: Vec<_> = columns.iter().filter_map(|column| kept.get(*column)).collect();
        kept.len() != now.len() || !kept.into_iter().zip(now).all(same)
    };
    let names = |rows: &[Vec<String>]| rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    let write = format!("{} is not current; `cargo xtask conformance` writes it anew", path.display());
    assert!(!now.is_empty() && names(&kept) == names(&now), "{write}: it has other rows");
    let different: Vec<_> = kept.into_iter().zip(now).filter(differs).collect();
    assert!(different.is_empty(), "{write}: {different:#?}");
}

/// Whether this is the lab, whose kernel has every family.
fn is_lab() -> bool {
    std::env::var_os("BERKELEY_LAB").is_some()
}

fn conformance(options: &[&str]) -> String {
    run(Command::new(berkeley()).args(["conformance", "--format", "markdown"]).args(options))
}

/// Every row that this kernel could serve works over Berkeley, for the command would fail otherwise.
#[test]
fn the_page_says_what_is_found_here() {
    if is_lab() {
        let mut controllers = Command::new("python3");
        // It needs nothing that is installed, and does not look for it: here that takes long.
        controllers.args(["-S", "-c", CONTROLLERS]);
        let mut controllers = Running::start(controllers);
        assert_eq!(controllers.line(), "ready");
        return is_current(&conformance(&["--platform", "berkeley"]), &[0, LAB]);
    }
    // Not every toolchain builds the probes of WASI 0.3.
    if root().join("target/guests/wasm32-wasip2/guest/examples/conformance_wasip3.wasm").exists() {
        let list = std::fs::read_to_string(root().join("target/hosts/hosts.txt")).unwrap_or_default();
        let (mut options, mut columns) = (Vec::new(), vec![0, 1, 2, HERE]);
        for (name, of_host) in HOSTS {
            match list.lines().find(|line| line.split('=').next() == Some(name)) {
                Some(host) => {
                    options.extend(["--host", host]);
                    columns.extend(of_host);
                }
                None => skipped(format_args!("the page's columns of {name}, which is not here: `cargo xtask hosts`")),
            }
        }
        is_current(&conformance(&options), &columns);
    } else {
        is_current(&conformance(&["--platform", "wasi-0.2", "--platform", "berkeley"]), &[0, 1, HERE]);
    }
}

#[test]
fn what_another_kernel_does_is_shown_beside() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("other.json");
    let options = ["--platform", "berkeley", "--only", "socketpair"];
    let json = run(Command::new(berkeley()).args(["conformance", "--format", "json"]).args(options));
    let other = json.replace("\"Linux ", "\"Other 1.2.").replace("\"status\": \"works\"", "\"status\": \"not-here\"");
    std::fs::write(&path, other).expect("it can be written");
    let options = [&options[..], &["--only", "inet_aton", "--beside", path.to_str().expect("UTF-8")]].concat();
    let page = conformance(&options);
    assert!(
        page.lines()
            .any(|line| line.starts_with("| | Berkeley on Linux ") && line.ends_with("| Berkeley on Other 1.2 |")),
        "{page}"
    );
    let rows = table(&page);
    assert_eq!(rows[0][..2], ["`socketpair`", "✓ works"]);
    assert!(rows[0][2].contains("not in this kernel"), "{rows:?}");
    assert!(rows[1][2].contains("not probed"), "{rows:?}");

    std::fs::write(&path, "no report").expect("it can be written");
    let output = Command::new(berkeley()).arg("conformance").args(&options).output().expect("it runs");
    let told = text(&output.stderr);
    assert!(!output.status.success() && told.contains("other.json is no report of"), "{told}");
}
