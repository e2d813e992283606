//! Guests that take all that they can get, and what is left to the process and to each other.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use berkeley_host::policy::Rules;
use berkeley_host::{Command, Ended, Limits, SocketCtx, Waiting};
use berkeley_tests::{guest, text};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use wasmtime::Engine;

use crate::alone::alone;
use crate::embedder::{Given, Ledger, Prepared, command, engine, polled, prepare};
use crate::held::Held;
use crate::silent::Silent;

/// How many descriptors the process may have, and how many of them are left to it.
const DESCRIPTORS: u64 = 512;
const RESERVE: usize = 64;

/// A guest that is about to do that, within those limits.
fn prepared(
    engine: &Engine,
    given: &Given,
    waiting: Waiting,
    limits: Limits,
    names: Silent,
    what: [&str; 2],
) -> (Prepared, Ledger) {
    let ledger = Ledger::default();
    let builder = SocketCtx::builder().waiting(waiting).limits(limits).resolver(names);
    let builder = builder.rules(Rules::parse(["resolve", "udp", "connect=192.0.2.1"]).expect("rules")).expect("rules");
    let sockets = ledger.watch(builder).build();
    (prepare(engine, &given.data(), sockets, &what.map(str::to_owned)), ledger)
}

/// How many files the process can open now.
fn openable() -> usize {
    let files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    files.len()
}

/// Two guests, one after the other: what they hold, and what is left.
async fn two(engine: &Engine, command: &Command, given: &Given, what: &str) {
    let (_sender, silent) = Silent::new();
    let begin = || prepared(engine, given, Waiting::Yield, Limits::default(), silent.clone(), [what, "0"]);
    let ((mut first, first_ledger), (mut second, second_ledger)) = (begin(), begin());
    let held = {
        let (one, other) = (command.run_in(&mut first.store), command.run_in(&mut second.store));
        let (mut one, mut other) = (std::pin::pin!(one), std::pin::pin!(other));
        let mut counts = Vec::new();
        for (run, stdout) in [(one.as_mut(), &first.stdout), (other.as_mut(), &second.stdout)] {
            // It waits for ever once it has told.
            assert!(polled(10_000, run).await.is_none());
            counts.push(text(&stdout.contents()).trim().parse::<usize>().expect("a number"));
        }
        assert_eq!(openable(), RESERVE, "beside {counts:?}");
        counts
    };
    let [greedy, modest] = held[..] else { panic!("{held:?}") };
    // The second one still finds what the first was not let take.
    assert!(greedy > modest && modest >= RESERVE, "{held:?}");
    drop((first.store, second.store));
    first_ledger.all_closed("the first").await;
    second_ledger.all_closed("the second").await;
}

/// Lets this process have no more than that.
fn have_few_descriptors() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: Some(DESCRIPTORS), maximum }).expect("it may be set");
}

/// Runs two guests of that program in a process that has few descriptors, and then two more.
fn leave_the_process_its_own(program: &Path, what: &str) {
    let (engine, given) = (engine(), Given::new());
    let command = command(&engine, program);
    have_few_descriptors();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(two(&engine, &command, &given, what));
    let held = Held::now();
    runtime.block_on(two(&engine, &command, &given, what));
    held.comes_back("two guests");
}

#[test]
fn two_guests_that_take_all_descriptors_leave_the_process_its_own() {
    alone("hoard::two_guests_that_take_all_descriptors_leave_the_process_its_own", || {
        leave_the_process_its_own(guest("limits").program(), "hoard");
    });
}

#[test]
fn a_guest_that_opens_all_files_leaves_the_process_its_own() {
    alone("hoard::a_guest_that_opens_all_files_leaves_the_process_its_own", || {
        let (engine, given) = (engine(), Given::new());
        let command = command(&engine, guest("limits").program());
        have_few_descriptors();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (_sender, silent) = Silent::new();
        let (mut one, ledger) = prepared(&engine, &given, Waiting::Yield, Limits::default(), silent, ["files", "0"]);
        runtime.block_on(async {
            let mut run = std::pin::pin!(command.run_in(&mut one.store));
            // It waits for ever once it has told; files are opened by threads, which come in their time.
            while one.stdout.contents().is_empty() {
                assert!(polled(1, run.as_mut()).await.is_none());
            }
            let opened: usize = text(&one.stdout.contents()).trim().parse().expect("a number");
            assert!(opened > RESERVE, "{opened}");
            assert!(openable() >= RESERVE / 2, "beside {opened}");
        });
        drop(one.store);
        runtime.block_on(ledger.all_closed("files"));
    });
}

#[test]
fn names_of_which_nobody_tells_are_given_up() {
    alone("hoard::names_of_which_nobody_tells_are_given_up", || {
        let (engine, given) = (engine(), Given::new());
        let command = command(&engine, guest("limits").program());
        let limits = Limits { lookups: 2, lookup_time: Duration::from_millis(20), ..Limits::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        for waiting in [Waiting::Inline, Waiting::Yield] {
            let (_sender, silent) = Silent::new();
            let (mut prepared, ledger) = prepared(&engine, &given, waiting, limits, silent.clone(), ["look-ups", "5"]);
            let ended = runtime.block_on(command.run_in(&mut prepared.store)).expect("runs");
            assert!(matches!(ended, Ended::Exit(0)), "{ended:?}: {}", text(&prepared.stdout.contents()));
            drop(prepared);
            runtime.block_on(ledger.all_closed("look-ups"));
            // What was given up counts until it ends, which these do not.
            let begun = silent.blocking();
            assert!((1..=limits.lookups).contains(&begun), "waiting {waiting:?}: {begun}");
        }
    });
}

/// How many look-ups of a guest wait, where those that go on are as many as may.
const WAITING: usize = 1024;

#[test]
fn look_ups_of_wasi_that_nobody_awaits_are_no_more_than_their_limit() {
    alone("hoard::look_ups_of_wasi_that_nobody_awaits_are_no_more_than_their_limit", || {
        let (engine, given) = (engine(), Given::new());
        let command = command(&engine, guest("wasi_guarded").program());
        let limits = Limits { lookups: 7, ..Limits::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        for (waiting, name) in [Waiting::Inline, Waiting::Yield]
            .into_iter()
            .flat_map(|waiting| ["silent.test", "blocking.test"].map(|name| (waiting, name)))
        {
            let (_sender, silent) = Silent::new();
            let (mut prepared, ledger) = prepared(&engine, &given, waiting, limits, silent.clone(), ["look-ups", name]);
            let ended = runtime.block_on(command.run_in(&mut prepared.store)).expect("runs");
            let told = text(&prepared.stdout.contents());
            assert!(matches!(ended, Ended::Exit(0)), "{ended:?}: {told}");
            let begun = WAITING + limits.lookups;
            assert_eq!(told, format!("{begun}, then temporary-resolver-failure\nagain: would-block\n"), "{waiting:?}");
            drop(prepared);
            runtime.block_on(ledger.all_closed(name));
            assert!(silent.blocking() <= limits.lookups, "{name}, waiting {waiting:?}: {}", silent.blocking());
        }
    });
}

/// Programs that only link with the target as Rust releases it.
mod released_target {
    use berkeley_tests::component;

    use super::{alone, leave_the_process_its_own};

    #[test]
    fn two_guests_of_wasi_0_3_leave_the_process_its_own() {
        alone("hoard::released_target::two_guests_of_wasi_0_3_leave_the_process_its_own", || {
            leave_the_process_its_own(component("p3_hoard").program(), "keep");
        });
    }
}
