//! The same calls, made by CPython and by a guest, have the same answers.
//!
//! There are scripts written by hand, in `tests/scripts`, and scripts drawn at random. `BERKELEY_SEED` draws again what
//! a failure has printed; `BERKELEY_SCRIPTS` says how many scripts a seed gives.

use std::env;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use berkeley_tests::WAITING;
use berkeley_tests::generator;
use berkeley_tests::script::{Exception, Script, compare};

/// Where a guest is not to answer as CPython does.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        call: "*",
        python: "timeout",
        guest: "ERRNO",
        reason: "With a time limit CPython waits until the socket is ready before it makes the call. A guest's call is \
                 made at once, so that what is wrong with it is told at once.",
    },
    Exception { call: "* send *", python: "timeout", guest: "*", reason: HALF },
    Exception { call: "* sendall *", python: "timeout", guest: "ok", reason: HALF },
    Exception { call: "* sendto *", python: "timeout", guest: "*", reason: HALF },
    Exception { call: "* sendmsg *", python: "timeout", guest: "*", reason: HALF },
    Exception { call: "* getsockopt *", python: "*", guest: "denied", reason: NEVER },
    Exception { call: "* getsockopt_bytes *", python: "*", guest: "denied", reason: NEVER },
    Exception { call: "* setsockopt *", python: "*", guest: "denied", reason: NEVER },
    Exception {
        call: "* sendmsg * 1:1:00000000 *",
        python: "*",
        guest: "EBADF",
        reason: "A control message of descriptors' numbers means the host's. A guest passes sockets by another call.",
    },
    Exception {
        call: "* send *",
        python: "ECONNRESET",
        guest: "EPIPE",
        reason: "A socket that has sent others is only shut down when a guest closes it, until they were received.",
    },
    Exception { call: "* connect *", python: "ECONNABORTED", guest: "*", reason: REFUSED },
    Exception { call: "* connect_ex *", python: "103", guest: "*", reason: REFUSED },
    Exception {
        call: "* unix/{dir:108}",
        python: "invalid: *",
        guest: "EINVAL",
        reason: "CPython itself says that a unix path is too long. The host says it as the kernel would.",
    },
    Exception {
        call: "* facts",
        python: "* * *",
        guest: "* * 0",
        reason: "CPython asks the kernel for the protocol of a socket that it knows by its number alone. A guest's socket \
                 keeps the one that it was made with.",
    },
];

/// Of time limits.
const HALF: &str = "With a time limit CPython waits until half of a unix socket's or a datagram socket's buffer is free, \
                    which is when poll(2) says that it can be written to. A guest's call sends as long as there is room.";

/// Of connecting again.
const REFUSED: &str = "With a time limit CPython asks SO_ERROR how connecting went, after which the kernel fails the next \
                       attempt. A guest's socket is fit for it.";

/// Of options.
const NEVER: &str = "No guest may read or set options whose values are addresses in the host's memory, numbers of its \
                     descriptors, or that make the kernel read the host's memory after the call.";

/// Seeds that each run draws from; one more is taken from the clock, but not in CI.
const SEEDS: [u64; 3] = [1, 2, 3];
/// How many scripts a seed gives, and how many calls each has.
const SCRIPTS: usize = 40;
const CALLS: usize = 40;
/// Among so many there is one more that asks for names.
const NAMES: usize = 5;

#[test]
fn scripts_by_hand() {
    let scripts = Script::of_files("scripts");
    let mut met = vec![false; EXCEPTIONS.len()];
    let mut report = String::new();
    for waiting in WAITING {
        let outcome = compare(&scripts, waiting, EXCEPTIONS);
        println!("{} calls, waiting {waiting}", outcome.calls);
        report += &outcome.report;
        met.iter_mut().zip(outcome.met).for_each(|(all, now)| *all |= now);
        assert!(outcome.cut_short.is_empty(), "what follows is not compared: {:#?}", outcome.cut_short);
    }
    assert!(report.is_empty(), "{report}");
    for (exception, met) in EXCEPTIONS.iter().zip(met) {
        assert!(met, "no script shows {exception:?}");
    }
}

#[test]
fn scripts_at_random() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
    // CI is to say the same of the same commit.
    let fresh = env::var_os("CI").is_none().then_some(now);
    let seeds = number("BERKELEY_SEED").map_or_else(|| SEEDS.into_iter().chain(fresh).collect(), |seed| vec![seed]);
    let count = number("BERKELEY_SCRIPTS").map_or(SCRIPTS, |count| count as usize);
    let mut report = String::new();
    for seed in seeds {
        let mut random = fastrand::Rng::with_seed(seed);
        let drawn = (0..count).flat_map(|number| match number % NAMES {
            0 => [generator::names, generator::script].map(|draw| Some(draw(&mut random, number, CALLS))),
            _ => [Some(generator::script(&mut random, number, CALLS)), None],
        });
        let scripts: Vec<_> = drawn.flatten().collect();
        for waiting in WAITING {
            let begun = Instant::now();
            let outcome = compare(&scripts, waiting, EXCEPTIONS);
            println!("seed {seed}: {} calls, waiting {waiting}, in {:?}", outcome.calls, begun.elapsed());
            let mut kinds: Vec<_> = outcome.kinds.into_iter().collect();
            kinds.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
            println!("    {kinds:?}");
            if !outcome.report.is_empty() {
                report += &format!("\nBERKELEY_SEED={seed} draws these:\n{}", outcome.report);
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}
