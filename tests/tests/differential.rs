//! The same calls, made by CPython and by a guest, have the same answers.
//!
//! There are scripts written by hand, in `tests/scripts`, and scripts drawn at random. `BERKELEY_SEED` draws again what
//! a failure has printed; `BERKELEY_SCRIPTS` says how many scripts a seed gives.

use std::env;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use berkeley_tests::WAITING;
use berkeley_tests::exceptions::EXCEPTIONS;
use berkeley_tests::generator;
use berkeley_tests::script::{Script, compare};

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
