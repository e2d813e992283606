//! A guest on the simulated network has the same answers as CPython on the kernel's, wherever the simulation claims the
//! call.

use std::time::Duration;

use berkeley_host::{Command, Ended, Guest, SocketCtx};
use berkeley_simulation::network::World;
use berkeley_tests::exceptions::EXCEPTIONS;
use berkeley_tests::root;
use berkeley_tests::script::{Exception, Script, compare_otherwise};
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{FsPerms, WasiCtx};

/// What the simulation does not claim.
const UNCLAIMED: &[Exception] = &[
    of(
        "* getsockopt_bytes 1 20 16",
        "x00000000000000001027000000000000",
        "A kernel rounds SO_RCVTIMEO up to its own ticks.",
    ),
    of("* getsockopt 1 8", "425984", "How large buffers may be is set by whoever administers a kernel."),
    of(
        "* getsockopt_bytes 6 13 16",
        "x63756269630000000000000000000000",
        "Which congestion control a kernel begins with is its own affair.",
    ),
    of("* setsockopt 1 34 1", "ENOPROTOOPT", "There is no security module."),
    of("* setsockopt 1 42 0", "ENOPROTOOPT", "SO_PEEK_OFF is not simulated."),
    of("* setsockopt 41 1 2", "ENOPROTOOPT", "IPV6_ADDRFORM is not simulated."),
    of("* send *100000", "*", OVERHEAD),
    of("* send * 1", "EOPNOTSUPP", "There is no urgent data."),
    of("* sendto 0102 536870912 *", "*", "Sending does not begin connections."),
    of("* setsockopt 1 75 1", "ENOPROTOOPT", "Packets have no mark."),
    of("* setsockopt 17 103 2", "ENOPROTOOPT", "UDP_SEGMENT is not simulated."),
    of("* recvmsg * 8192", "ERRNO", "There is no queue of errors."),
    of("* connect unix/{dir}/file", "ERRNO", PATHS),
    of("* sendto 0a 0 unix/{dir}/dgram-a", "ERRNO", PATHS),
    of("socket 16 3 0", "EAFNOSUPPORT", "There are internet and unix sockets alone."),
];

/// A call that is not claimed, and the guest's answer, whatever the kernel's.
const fn of(call: &'static str, guest: &'static str, reason: &'static str) -> Exception {
    Exception { call, python: "*", guest, reason }
}

/// Of paths.
const PATHS: &str =
    "The path of a unix socket is a name alone: no file has it, and it is free once the socket is closed.";

/// Of buffers.
const OVERHEAD: &str = "How much the kernel's own records take of a buffer is not simulated.";

/// Files of scripts that are about what a machine has in files of its own: names, services, interfaces.
const OTHERS: &[&str] = &["names: "];

/// Much longer than any script waits, in the time of the world.
const FOREVER: Duration = Duration::from_secs(24 * 3600);
/// No script writes so much.
const MOST: usize = 1 << 28;

/// Runs the guest alone on a host, once for each script, and gives what it writes. A call that waits for ever, and those
/// that would come after it, are answered `waits`.
fn run(command: &Command, input: &str, args: [&str; 2]) -> String {
    let starts = input.match_indices("# ").map(|(at, _)| at).filter(|at| *at == 0 || input[..*at].ends_with('\n'));
    let starts: Vec<_> = starts.chain([input.len()]).collect();
    let scripts = starts.windows(2).map(|bounds| &input[bounds[0]..bounds[1]]);
    let answers = scripts.map(|script| {
        let written = alone(command, script, args);
        let missing = script.lines().count() - written.lines().count();
        written + &"waits\n".repeat(missing)
    });
    answers.collect()
}

fn alone(command: &Command, script: &str, [directory, tag]: [&str; 2]) -> String {
    let output = MemoryOutputPipe::new(MOST);
    let mut wasi = WasiCtx::builder();
    wasi.stdin(MemoryInputPipe::new(script.to_owned().into_bytes())).stdout(output.clone()).inherit_stderr();
    wasi.args(&["differential", directory, tag]).allow_blocking_current_thread(true);
    wasi.preopened_dir(directory, directory, FsPerms::ReadWrite).expect("a directory");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let ended = runtime.expect("a runtime").block_on(async {
        let world = World::new(1);
        let host = world.add_host("alone", ["10.0.0.1".parse().expect("an address")]);
        tokio::spawn(world.clone().drive());
        let sockets = SocketCtx::builder().allow_all().expect("a root").network(host.network()).build();
        tokio::time::timeout(FOREVER, command.run(Guest::new(&mut wasi, sockets))).await
    });
    let ended = ended.unwrap_or(Ok(Ended::Exit(0)));
    assert!(matches!(ended, Ok(Ended::Exit(0))), "{ended:?}");
    String::from_utf8(output.contents().into()).expect("UTF-8")
}

#[test]
fn scripts_by_hand() {
    let program = root().join("target/guests/wasm32-wasip2/guest/differential.wasm");
    let command = Command::new(&Component::from_file(&Engine::default(), program).expect("a guest")).expect("links");
    let mut scripts = Script::of_files("scripts");
    scripts.retain(|script| !OTHERS.iter().any(|file| script.title.starts_with(file)));
    let exceptions: Vec<_> = UNCLAIMED.iter().chain(EXCEPTIONS).copied().collect();
    let outcome = compare_otherwise(&scripts, &|input, args| run(&command, input, args), &exceptions);
    println!("{} calls", outcome.calls);
    assert!(outcome.report.is_empty(), "{}", outcome.report);
    for (exception, met) in UNCLAIMED.iter().zip(outcome.met) {
        assert!(met, "no script shows {exception:?}");
    }
}
