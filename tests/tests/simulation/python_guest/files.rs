//! What a program in Python is told of its files: nothing that is this machine's.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::scenario::{Scenario, passes};

/// Tells times as seconds since the run began, and what else a file has.
const PROGRAM: &str = "import os, time
BEGAN = round(time.time())
def told(path):
    stat = os.stat(path)
    return [round(at - BEGAN) for at in (stat.st_atime, stat.st_mtime, stat.st_ctime)]
def tell(*words): print(*words, flush=True)
tell('given', told('/given'), told('/given/file'))
tell('program', told(__file__), os.stat(__file__).st_nlink)
tell('listed', os.listdir(os.path.dirname(__file__)))
time.sleep(1)
file = open('/new', 'w', buffering=1)
time.sleep(1)
tell('made', told('/new'), told('/'))
file.write('text\\n')
time.sleep(1)
tell('written', told('/new'), round(os.fstat(file.fileno()).st_mtime - BEGAN), told('/'))
os.utime('/new', (BEGAN - 100, BEGAN - 200))
time.sleep(1)
tell('set', told('/new'))
number = os.stat('/new').st_ino
os.rename('/new', '/given/new')
time.sleep(1)
tell('renamed', told('/given/new'), told('/given'), os.stat('/given/new').st_ino == number)
os.unlink('/given/new')
open('/given/new', 'x').close()
time.sleep(1)
tell('made anew', told('/given/new'), os.stat('/given/new').st_ino > number)
os.truncate('/given/file', 1)
time.sleep(1)
tell('cut', told('/given/file'))
open('/given/file', 'w').close()
os.mkdir('/given/directory')
os.symlink('nowhere', '/given/link')
time.sleep(1)
stat = os.lstat('/given/link')
tell('at last', told('/given/file'), told('/given'), told('/given/directory'), round(stat.st_mtime - BEGAN))
";

const EXPECTED: [&str; 10] = [
    "given [0, 0, 0] [0, 0, 0]",
    "program [0, 0, 0] 1",
    "listed ['a.py', 'scenario.toml']",
    "made [1, 1, 1] [0, 1, 1]",
    "written [1, 2, 2] 2 [0, 1, 1]",
    "set [-100, -200, 3]",
    "renamed [-100, -200, 4] [0, 4, 4] True",
    "made anew [5, 5, 5] True",
    "cut [0, 6, 6]",
    "at last [0, 7, 7] [0, 7, 7] [7, 7, 7] 7",
];

#[test]
fn times_and_numbers_of_files_are_virtual_whatever_the_date() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    for date in ["2001-02-03T04:05:06Z".to_owned(), day(now), day(now + 86400)] {
        let scenario = Scenario::new(&format!(
            "date = {date:?}\n[hosts.a]\npython = \"a.py\"\nfiles = {{ \"/given/file\" = {{ text = \"given\" }} }}\n"
        ));
        fs::write(scenario.file("a.py"), PROGRAM).expect("writes");
        // What this machine's Python would have compiled.
        let cache = scenario.file("__pycache__");
        fs::create_dir(&cache).expect("a directory");
        fs::write(cache.join("os.cpython-314.pyc"), [0; 100]).expect("writes");
        let stdout = passes(&scenario.run(&[]));
        let told: Vec<_> = stdout.lines().filter_map(|line| line.split_once("a | ")).map(|(_, told)| told).collect();
        assert_eq!(told, EXPECTED, "{date}");
        // Reckoning with the numbers of another date may take other moments; the same ones take the same.
        assert_eq!(stdout, passes(&scenario.run(&[])), "{date}");
    }
}

/// The date of that time, as a scenario has it.
fn day(seconds: u64) -> String {
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}

#[test]
fn what_this_machine_has_compiled_changes_nothing() {
    let scenario = Scenario::new("[hosts.a]\npython = \"a.py\"\n");
    fs::write(scenario.file("a.py"), "import helper, time\nprint(time.monotonic_ns(), helper.__cached__)\n")
        .expect("writes");
    fs::write(scenario.file("helper.py"), "VALUES = [number * number for number in range(20_000)]\n").expect("writes");
    let before = passes(&scenario.run(&[]));
    let cache = scenario.file("__pycache__");
    fs::create_dir(&cache).expect("a directory");
    // By PEP 552: the magic number of 3.14, no flags, a time, and a size that fit, and nothing behind that would run.
    let source = fs::metadata(scenario.file("helper.py")).expect("is there");
    let time = source.modified().expect("a time").duration_since(UNIX_EPOCH).expect("a time").as_secs() as u32;
    let head = [[0x2b, 0x0e, 0x0d, 0x0a], [0; 4], time.to_le_bytes(), (source.len() as u32).to_le_bytes()].concat();
    fs::write(cache.join("helper.cpython-314.pyc"), head).expect("writes");
    assert_eq!(before, passes(&scenario.run(&[])));
}
