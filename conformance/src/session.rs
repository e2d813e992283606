//! What a component is asked, and how it answers.

use std::io::Read as _;

use crate::platform::Platform;
use crate::probe;

/// What the lines mean; another number would be that of lines that mean something else.
const VERSION: u32 = 1;

/// What begins a row.
const ROW: &str = "row";

/// Runs the probes that are asked for, and prints what they find.
///
/// The arguments are those of one row: its section, its name, and what else its probe takes. The answer is a line for each
/// thing that was tried, its words apart by tabs:
///
/// ```text
/// works    TCP                      what was tried
/// missing  unix  AF_UNIX            what was tried, and what there is no call for
/// fails    UDP   access-denied      what was tried, and what was seen instead
/// ```
///
/// Who must know whether it was answered to its end writes `row` before the arguments; or none, and stdin has a row on each
/// line, its words apart by tabs. Then there are lines beside those of each row:
///
/// ```text
/// probes   1     wasi:sockets 0.2   the lines' version, and the platform
/// row      0     method connect     the first row begins
/// done     0                        the first row ends
/// ```
///
/// A row without its end was not answered: what ended the component, or kept it, is the answer then.
pub async fn answer<P: Platform>(arguments: &[String]) {
    if let [first, ..] = arguments
        && first != ROW
    {
        return probe::run::<P>(arguments).await;
    }
    println!("probes\t{VERSION}\t{}", P::NAME);
    if let [_, words @ ..] = arguments {
        return row::<P>(0, words).await;
    }
    let mut asked = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut asked) {
        eprintln!("cannot read which rows to probe: {error}");
    }
    let asked = String::from_utf8_lossy(&asked);
    for (at, line) in asked.lines().enumerate() {
        let words: Vec<_> = line.split('\t').map(str::to_owned).collect();
        row::<P>(at, &words).await;
    }
}

async fn row<P: Platform>(at: usize, words: &[String]) {
    println!("{ROW}\t{at}\t{}", words.join(" "));
    probe::run::<P>(words).await;
    println!("done\t{at}");
}
