//! Signals from outside, to Python programs that handle them and to such as try not to be ended.
#![cfg(unix)]

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Child, ChildStdout, Command, Stdio};

    use berkeley_tests::{berkeley, interruptible, python, run, text};

    /// The program of that code, once it has written a line; its stdin is a pipe.
    fn start(options: &[&str], code: &str) -> (Child, BufReader<ChildStdout>) {
        let mut command = Command::new(berkeley());
        command.arg("python").args(options).args(["-c", code]);
        let command = &mut interruptible(&command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        assert_eq!(line(&mut stdout), "begins\n");
        (child, stdout)
    }

    fn line(stdout: &mut BufReader<ChildStdout>) -> String {
        let mut line = String::new();
        stdout.read_line(&mut line).expect("text");
        line
    }

    fn send(signal: &str, child: &Child) {
        run(Command::new("kill").args(["-s", signal]).arg(child.id().to_string()));
    }

    #[test]
    fn nothing_that_a_program_does_with_its_socket_makes_it_immune() {
        let begin = "import berkeley_sockets._signal as own, berkeley_sockets._table as table, signal, socket
resource = own._resource
call = own.call
def left(*_): own._resource = None
for number in (1, 2, 3, 15): signal.signal(number, lambda *_: None)
";
        let end = "\nprint('begins', flush=True)\nwhile True: pass";
        let flood = "left()
for _ in range(100_000):
    try: call(resource.send, bytes([15, 2]) + bytes(8), 0)
    except BlockingIOError: pass";
        let for_ever = "left(); print('begins', flush=True)
while True:
    try: call(resource.send, (bytes([15, 2]) + bytes(8)) * 100, 0)
    except BlockingIOError: pass";
        let pass_on = "a, b = socket.socketpair()
number = table.insert(call(resource.dup), [None])
socket.send_fds(a, [b'x'], [number])
call(resource.close), left()";
        let immune = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))";
        for code in [
            "call(resource.shutdown, 0)",
            "call(resource.shutdown, 1)",
            "call(resource.shutdown, 2)",
            "call(resource.close), left()",
            "held = call(resource.dup); call(resource.close), left()",
            "left()",
            "call(resource.send, b'x' * 1001, 0)",
            flood,
            for_ever,
            pass_on,
            immune,
            "",
        ] {
            let (mut child, _stdout) = start(&["--allow-all"], &format!("{begin}{code}{end}"));
            send("TERM", &child);
            assert_eq!(child.wait().expect("it ends").code(), Some(143), "{code}");
        }
        for (signal, code) in [("HUP", 129), ("INT", 130), ("QUIT", 131)] {
            let (mut child, _stdout) = start(&[], &format!("{begin}call(resource.shutdown, 2){end}"));
            send(signal, &child);
            assert_eq!(child.wait().expect("it ends").code(), Some(code), "{signal}");
        }
    }

    const READS: [&str; 8] = [
        "input()",
        "sys.stdin.readline().strip()",
        "sys.stdin.read(5)",
        "next(sys.stdin).strip()",
        "sys.stdin.buffer.readline().decode().strip()",
        "os.read(0, 100).decode().strip()",
        "open(0, closefd=False).readline().strip()",
        "(select.select([0], [], []), os.read(0, 100).decode().strip())[1]",
    ];

    #[test]
    fn handlers_run_while_stdin_is_read_and_the_read_goes_on() {
        for read in READS {
            let code = format!(
                "import os, select, signal, sys
signal.signal(signal.SIGTERM, lambda *_: print('handles', flush=True))
print('begins', flush=True)
print({read}, flush=True)
print(repr(sys.stdin.read()))"
            );
            let (mut child, mut stdout) = start(&[], &code);
            send("TERM", &child);
            assert_eq!(line(&mut stdout), "handles\n", "{read}");
            let mut stdin = child.stdin.take().expect("a pipe");
            stdin.write_all(b"hello\n").expect("writes");
            if read.contains("read(5)") {
                stdin.write_all(b"more\n").expect("writes");
            }
            assert_eq!(line(&mut stdout), "hello\n", "{read}");
            drop(stdin);
            assert!(child.wait().expect("it ends").success(), "{read}");
        }
    }

    #[test]
    fn what_waits_is_interrupted() {
        let locked = "lock = threading.Lock(); lock.acquire(); lock.acquire(timeout=1e3)";
        let waits = [
            "threading.Event().wait(1e6)",
            locked,
            "time.sleep(1e6)",
            "signal.pause()",
            "queue.Queue().get(timeout=1e6)",
        ];
        for (options, wait) in [&[][..], &["--inline-threads"]]
            .into_iter()
            .flat_map(|options| READS.into_iter().chain(waits).map(move |wait| (options, wait)))
        {
            let code = format!(
                "import os, queue, select, signal, sys, threading, time
print('begins', flush=True)
try:
    {wait}
except KeyboardInterrupt:
    print('interrupted')"
            );
            let (child, stdout) = start(options, &code);
            send("INT", &child);
            let mut stdout = stdout;
            assert_eq!(line(&mut stdout), "interrupted\n", "{wait}");
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success(), "{wait}: {}", text(&output.stderr));
        }
    }

    #[test]
    fn a_handler_may_end_a_wait_with_a_limit() {
        let code = "import signal, threading
event, lock = threading.Event(), threading.Lock()
lock.acquire()
signal.signal(signal.SIGTERM, lambda *_: (event.set(), lock.release()))
print('begins', flush=True)
print(event.wait(1e6), lock.acquire(timeout=1e3))";
        for options in [&[][..], &["--inline-threads"]] {
            let (child, mut stdout) = start(options, code);
            send("TERM", &child);
            assert_eq!(line(&mut stdout), "True True\n");
            drop(child);
        }
    }

    /// Ctrl-C and Ctrl-\ typed in a terminal of its own.
    #[test]
    fn keys_interrupt_what_reads_a_terminal() {
        let typist = r"
import os, pty, signal, sys
key, code, *command = sys.argv[1:]
child, terminal = pty.fork()
if not child:
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    os.execvp(command[0], command + ['-c', code])
seen = b''
def until(text):
    global seen
    while text not in seen:
        seen += os.read(terminal, 1000)
until(b'begins')
os.write(terminal, bytes([int(key)]))
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
";
        let terminal = |key: &str, code: &str| {
            let command = [berkeley().to_str().expect("UTF-8").to_owned(), "python".into()];
            run(python(typist).args([key, code]).args(command))
        };
        for read in READS {
            let code = format!("import os, select, sys\nprint('begins', flush=True)\n{read}");
            assert_eq!(terminal("3", &code), "130\n", "{read}");
        }
        // Nobody handles it: the system ends the program.
        assert_eq!(terminal("28", "print('begins', flush=True)\ninput()"), "-3\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_ignored_from_the_start_stays_ignored() {
        let code = "import os, signal
names = 'SIGHUP', 'SIGINT', 'SIGTERM'
print([signal.getsignal(getattr(signal, name)) is signal.SIG_IGN for name in names])
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    os.kill(os.getpid(), signal.SIGINT)
    signal.pause()
except KeyboardInterrupt:
    print('interrupted')";
        let ignoring = |command: &mut Command| {
            let mut outer = Command::new("env");
            outer.args(["--default-signal=TERM", "--ignore-signal=INT", "--ignore-signal=HUP"]);
            run(outer.arg(command.get_program()).args(command.get_args()))
        };
        let native = ignoring(Command::new("python3").args(["-c", code]));
        assert_eq!(native, "[True, True, False]\ninterrupted\n");
        assert_eq!(ignoring(Command::new(berkeley()).args(["python", "-c", code])), native);
    }
}
