//! Python programs: `berkeley python` runs them as a native CPython does.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use berkeley_tests::servers::path;
use berkeley_tests::{berkeley, root, text};

/// The command that runs the program of `tests/python`, with options before it.
fn guest(options: &[&str], name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(berkeley());
    command.arg("python").args(options).arg(program(name)).args(arguments);
    command
}

fn program(name: &str) -> std::path::PathBuf {
    root().join("tests/python").join(name).with_extension("py")
}

#[test]
fn what_is_not_there_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = |arguments: &[&str]| -> Output {
        Command::new(berkeley()).arg("python").args(arguments).output().expect("it starts")
    };
    let path = directory.path().to_str().expect("UTF-8");
    let output = run(&["--interpreter", path, "-c", "pass"]);
    assert_eq!(output.status.code(), Some(1));
    let told = format!("the Python interpreter is not in {path}; `cargo xtask python` builds it");
    assert!(text(&output.stderr).contains(&told), "{}", text(&output.stderr));
    let output = Command::new(berkeley()).arg("python").current_dir(directory.path()).output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let told = "no guest is named: write `berkeley python SCRIPT.PY`, or name it in a file berkeley.toml";
    assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;
    use berkeley_tests::{Running, WAITING, interruptible, python, run};

    /// What CPython 3.14 has beside constants, as `names.py` prints it where it is native.
    const NAMES: &str = include_str!("../data/names-3.14.txt");

    #[track_caller]
    fn succeeds(options: &[&str], name: &str, arguments: &[&str]) -> String {
        run(&mut guest(options, name, arguments))
    }

    fn directory() -> tempfile::TempDir {
        tempfile::tempdir().expect("a directory")
    }

    #[test]
    fn a_program_runs_as_python_runs_it() {
        let site = directory();
        fs::write(site.path().join("elsewhere.py"), "NAME = 'elsewhere'").expect("writes");
        let site = site.path().to_str().expect("UTF-8");
        let mut command = guest(&["--env", "COLOUR=blue", "--site", site], "hello", &["-m", "--allow"]);
        let output = command.stdin(Stdio::null()).output().expect("it starts");
        let expected = "['-m', '--allow'] __main__ hello.py beside blue\nelsewhere\n\n";
        assert_eq!((text(&output.stdout), text(&output.stderr)), (expected.into(), String::new()));

        let output = guest(&[], "hello", &["exit"]).output().expect("it starts");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), "a reason\n".into()));
        assert!(text(&output.stdout).contains("No module named 'elsewhere'"));

        let output = guest(&[], "hello", &["fail"]).output().expect("it starts");
        let native = Command::new("python3").arg("-B").arg(program("hello")).arg("fail").output().expect("it starts");
        // Older interpreters mark less of the line.
        let lines = |output: &Output| {
            let stderr = text(&output.stderr);
            stderr
                .lines()
                .filter(|line| !line.trim().chars().all(|ch| "~^".contains(ch)))
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert_eq!((output.status.code(), lines(&output)), (native.status.code(), lines(&native)));
    }

    #[test]
    fn a_module_and_a_line_of_code_run_too() {
        let directory = directory();
        fs::write(directory.path().join("mine.py"), "import sys; print(__name__, sys.argv[1:])").expect("writes");
        let mut command = Command::new(berkeley());
        let output = run(command.args(["python", "-m", "mine", "-c"]).current_dir(&directory));
        assert_eq!(output, "__main__ ['-c']\n");
        let mut command = Command::new(berkeley());
        let code = "import sys, json; print(json.dumps(sys.argv))";
        assert_eq!(run(command.args(["python", "-c", code, "x"])), "[\"-c\", \"x\"]\n");
    }

    #[test]
    fn the_letters_of_python_stand_before_the_program() {
        let python = |words: &[&str]| run(Command::new(berkeley()).arg("python").args(words).stdin(Stdio::null()));
        let version = python(&["-c", "import platform; print('Python', platform.python_version())"]);
        assert!(version.starts_with("Python 3.14"), "{version}");
        assert_eq!([python(&["-V"]), python(&["--version"])], [version.clone(), version]);
        assert_eq!(python(&["-cimport sys; print(sys.argv)", "-u"]), "['-c', '-u']\n");
        assert!(python(&["-um", "http.server", "--help"]).starts_with("usage: python -m http.server"));
        // What is printed comes at once, though no line has ended and the program goes on.
        let code = "import sys; print('a', end=''); sys.stdin.read(); print(sys.stdout.buffer.write(b'b') * 'c')";
        for words in [&["-u", "-c", code][..], &["-uc", code], &["--env", "PYTHONUNBUFFERED=1", "-c", code]] {
            let mut command = Command::new(berkeley());
            command.arg("python").args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().expect("it starts");
            let (stdin, mut stdout) = (child.stdin.take(), child.stdout.take().expect("a pipe"));
            let mut first = [0];
            stdout.read_exact(&mut first).expect("reads");
            drop(stdin);
            let mut rest = String::new();
            stdout.read_to_string(&mut rest).expect("reads");
            assert_eq!(
                (first, rest.as_str(), child.wait().expect("ends").success()),
                (*b"a", "bc\n", true),
                "{words:?}"
            );
        }
    }

    const PROJECT: &str = "guest = 'main.py'\narguments = ['a', '-u']\nsites = ['packages']\ndirs = ['data']\n\
                           linux = true\ninline-threads = true\nallow = ['listen=127.0.0.1:0']\n[env]\nLEVEL = 1\n";
    const MAIN: &str = "import os, socket, sys, threading, library\n\
                        thread = threading.Thread(target=print, args=('thread',))\nthread.start(); thread.join()\n\
                        socket.create_server(('127.0.0.1', 0)).close()\n\
                        print(sys.argv[1:], sys.platform, library.NAME, open('data/x').read(), os.environ['LEVEL'])\n";

    #[test]
    fn a_project_runs_by_its_file_alone() {
        let project = directory();
        let path = project.path();
        for name in ["packages", "data"] {
            fs::create_dir(path.join(name)).expect("makes");
        }
        for (name, text) in [
            ("berkeley.toml", PROJECT),
            ("main.py", MAIN),
            ("packages/library.py", "NAME = 'library'"),
            ("data/x", "data"),
            ("other.py", "import sys, os, library; print(sys.argv[1:], os.environ['LEVEL'])"),
        ] {
            fs::write(path.join(name), text).expect("writes");
        }
        let python = |directory: &Path, words: &[&str]| {
            run(Command::new(berkeley()).arg("python").args(words).current_dir(directory).stdin(Stdio::null()))
        };
        let whole = "thread\n['a', '-u'] linux library data 1\n";
        assert_eq!(python(path, &[]), whole);
        let (elsewhere, file) = (directory(), path.join("berkeley.toml"));
        let file = file.to_str().expect("UTF-8");
        assert_eq!(python(elsewhere.path(), &["--config", file]), whole);
        assert_eq!(python(elsewhere.path(), &["--config", file, "--env", "LEVEL=2"]), whole.replace('1', "2"));
        // A program on the command line brings its own arguments, and runs where it is started.
        let other = path.join("other.py");
        let words = ["--config", file, other.to_str().expect("UTF-8"), "b"];
        assert_eq!(python(elsewhere.path(), &words), "['b'] 1\n");
        let code = "import os; print(os.environ.get('LEVEL'))";
        assert_eq!(python(elsewhere.path(), &["--config", file, "-c", code]), "1\n");
        // Without --config nothing is taken of the file, where a program is named.
        assert_eq!(python(path, &["-c", code]), "None\n");

        fs::write(path.join("berkeley.toml"), "module = 'mine'\narguments = ['x']\n").expect("writes");
        fs::write(path.join("mine.py"), "import sys; print(__name__, sys.argv[1:])").expect("writes");
        assert_eq!(python(path, &[]), "__main__ ['x']\n");
        assert_eq!(python(elsewhere.path(), &["--config", file]), "__main__ ['x']\n");
        let output = Command::new(berkeley()).arg("run").current_dir(path).output().expect("it starts");
        let told = "berkeley.toml names the Python module mine, which `berkeley python` runs";
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }

    /// Runs a line of code, and gives its exit code and what it wrote.
    fn line(options: &[&str], code: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new(berkeley());
        command.arg("python").args(options).args(["-c", code]);
        let output = command.stdin(Stdio::null()).output().expect("it starts");
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    #[test]
    fn programs_come_from_stdin_directories_and_archives() {
        let source = "import sys; print(sys.argv[1:], __name__); 1 / 0";
        let mut command = Command::new(berkeley());
        command.args(["python", "-", "x"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        child.stdin.take().expect("a pipe").write_all(source.as_bytes()).expect("writes");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), "['x'] __main__\n".into()));
        assert!(text(&output.stderr).contains("File \"<stdin>\", line 1, in <module>\n    import sys; print"));

        let directory = directory();
        let place = directory.path().join("program");
        fs::create_dir(&place).expect("makes");
        fs::write(place.join("__main__.py"), "import sys, mine; print(sys.argv[1:], mine.NAME)").expect("writes");
        fs::write(place.join("mine.py"), "NAME = 'mine'").expect("writes");
        let archive = directory.path().join("program.pyz");
        run(Command::new("python3").args(["-m", "zipapp", "-o"]).arg(&archive).arg(&place));
        for program in [place, archive] {
            assert_eq!(run(Command::new(berkeley()).arg("python").arg(program).arg("x")), "['x'] mine\n");
        }
    }

    #[test]
    fn exit_codes_are_those_of_python() {
        let end = |code: &str| line(&[], code).0;
        for code in [0, 1, 3, 255] {
            assert_eq!(end(&format!("import sys; sys.exit({code})")), Some(code));
            assert_eq!(end(&format!("import os; os._exit({code})")), Some(code));
        }
        assert_eq!(end("import sys; sys.exit(-1)"), Some(255));
        assert_eq!(end("import sys; sys.exit(256)"), Some(0));
        assert_eq!(end("raise KeyError"), Some(1));
        let (_, printed, _) = line(&[], "import atexit, sys; atexit.register(print, 'at exit'); sys.exit(2)");
        assert_eq!(printed, "at exit\n");
    }

    #[test]
    fn what_would_wait_for_ever_is_an_error() {
        let told = "RuntimeError: this would wait for ever: there are no other threads that run meanwhile\n";
        for code in [
            "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
            "import _thread; lock = _thread.allocate_lock(); lock.acquire(); lock.acquire()",
            "import _thread; lock = _thread.lock(); lock.acquire_lock(); lock.acquire_lock()",
            "import threading; threading.Event().wait()",
            "import queue; queue.Queue().get()",
            "import queue; queue.SimpleQueue().get()",
            "import concurrent.futures; concurrent.futures.Future().result()",
            "import threading; threading.Barrier(2).wait()",
        ] {
            for options in [&[][..], &["--inline-threads"]] {
                let (code, printed, error) = line(options, code);
                assert_eq!((code, printed), (Some(1), String::new()), "{error}");
                assert!(error.ends_with(told), "{error}");
            }
        }
        // A thread gets it as its own error, and the others go on.
        let code = "import queue, threading
tasks = queue.Queue()
threading.Thread(target=tasks.get).start()
print('goes on')";
        let (code, printed, error) = line(&["--inline-threads"], code);
        assert_eq!((code, printed.as_str()), (Some(0), "goes on\n"));
        assert!(error.starts_with("Exception in thread Thread-1") && error.ends_with(told), "{error}");
        // Limits of time hold.
        let code = "import threading, time
before = time.monotonic()
print(threading.Event().wait(0.05), threading.Lock().acquire(timeout=9), time.monotonic() - before >= 0.05)";
        assert_eq!(line(&[], code).1, "False True True\n");
    }

    #[test]
    fn what_a_program_lacks_is_told() {
        let (code, _, error) = line(&[], "import threading; threading.Thread().start()");
        let told = "<string>, line 1: can't start new thread: a guest has one; `berkeley python --inline-threads` runs \
                    threads one after the other, where the program waits\n";
        assert_eq!((code, error.as_str()), (Some(1), told));
        let alone = "a guest is one process and starts no others; let it work by asyncio, or by threads with `berkeley \
                     python --inline-threads`, or start several guests\n";
        for (code, what) in [
            ("import os; os.fork()", "os.fork"),
            ("import os; os.execl('/bin/true', 'true')", "os.execl"),
            ("import os; os.system('true')", "os.system"),
            ("import os; os.popen('true')", "subprocess"),
            ("import subprocess; subprocess.run(['true'])", "subprocess"),
            ("import asyncio; asyncio.run(asyncio.create_subprocess_exec('true'))", "subprocess"),
            ("import multiprocessing; multiprocessing.Process(target=print).start()", "multiprocessing"),
            ("import multiprocessing; multiprocessing.Pool(2)", "multiprocessing"),
            ("import multiprocessing; multiprocessing.Lock()", "multiprocessing"),
            ("import multiprocessing; multiprocessing.Manager()", "multiprocessing"),
            ("import concurrent.futures; concurrent.futures.ProcessPoolExecutor()", "ProcessPoolExecutor"),
        ] {
            let (status, _, error) = line(&[], code);
            assert_eq!((status, error), (Some(1), format!("<string>, line 1: {what}: {alone}")), "{code}");
        }
        // What serves by such processes, or has pools of others, says so itself.
        let site = directory();
        let (function, method) = ("def {}(*_): print('ran')", "class {}:\n    def {}(self): print('ran')");
        for (module, kind, name, told) in [
            ("gunicorn.arbiter", "Arbiter", "run", "serve the application by uvicorn"),
            ("celery.concurrency.prefork", "TaskPool", "on_start", "start the worker with --pool solo"),
            ("django.utils.autoreload", "", "run_with_reloader", "start it with --noreload"),
            ("werkzeug._reloader", "", "run_with_reloader", "start it with --no-reload"),
            ("werkzeug.debug", "DebuggedApplication", "__init__", "start it with --no-debugger"),
            ("uvicorn.supervisors.basereload", "BaseReload", "run", "start it without --reload"),
            ("uvicorn.supervisors.multiprocess", "Multiprocess", "run", "start it without --workers"),
        ] {
            let file = site.path().join(module.replace('.', "/")).with_extension("py");
            fs::create_dir_all(file.parent().expect("a directory")).expect("makes");
            let template = if kind.is_empty() { function } else { method };
            let names = [kind, name].into_iter().filter(|name| !name.is_empty());
            fs::write(file, names.fold(template.to_owned(), |text, name| text.replacen("{}", name, 1)))
                .expect("writes");
            let made = if kind.is_empty() { String::new() } else { format!(".{kind}()") };
            let code = format!("import {module}; {module}{made}.{name}()");
            let (status, printed, error) = line(&["--site", site.path().to_str().expect("UTF-8")], &code);
            assert_eq!((status, printed.as_str(), error.lines().count()), (Some(1), "", 1), "{module}: {error}");
            assert!(error.contains(told) && error.contains("a guest is one process"), "{error}");
        }
        // A pool of threads that wait for more to do is none in either way.
        fs::create_dir(site.path().join("waitress")).expect("makes");
        let dispatcher = method.replacen("{}", "ThreadedTaskDispatcher", 1).replacen("{}", "set_thread_count", 1);
        fs::write(site.path().join("waitress/task.py"), dispatcher).expect("writes");
        let code = "from waitress.task import ThreadedTaskDispatcher; ThreadedTaskDispatcher().set_thread_count(4)";
        for options in [&["--inline-threads"][..], &[]] {
            let options = [options, &["--site", site.path().to_str().expect("UTF-8")]].concat();
            let (status, printed, error) = line(&options, code);
            assert_eq!((status, printed.as_str(), error.lines().count()), (Some(1), "", 1), "{error}");
            assert!(error.contains("serve the application by werkzeug or wsgiref"), "{error}");
        }
        for (code, told) in [
            ("from multiprocessing.pool import ThreadPool; ThreadPool(2)", "concurrent.futures.ThreadPoolExecutor"),
            ("from concurrent.futures import InterpreterPoolExecutor as P; P()", "a guest has one interpreter"),
            // A server that cannot serve ends, and does not tell so of each request.
            (
                "import socket, socketserver as s; server = s.ThreadingTCPServer(('127.0.0.1', 0), s.BaseRequestHandler); \
                 client = socket.create_connection(server.server_address); server.handle_request()",
                "`berkeley python --inline-threads`",
            ),
        ] {
            let (status, _, error) = line(&["--allow-all"], code);
            assert_eq!((status, error.lines().count()), (Some(1), 1), "{code}: {error}");
            assert!(error.contains(told), "{error}");
        }
        // What goes wrong with a request is told as ever, and the server goes on.
        let code = "import socket, socketserver
server = socketserver.TCPServer(('127.0.0.1', 0), lambda *_: 1 / 0)
client = socket.create_connection(server.server_address)
server.handle_request()
print('goes on')";
        let (status, printed, error) = line(&["--allow-all"], code);
        assert_eq!((status, printed.as_str()), (Some(0), "goes on\n"));
        assert!(error.contains("ZeroDivisionError"), "{error}");
        let (_, _, error) = line(&[], "import zoneinfo; zoneinfo.ZoneInfo('UTC')");
        assert!(error.ends_with("where --site gives it that\n"), "{error}");
        // Whoever asks whether it is there is told so as ever, and errors that are caught are of the usual kind.
        let code = "import os, subprocess, threading
print(hasattr(os, 'fork'), getattr(os, 'execv', None))
for call in lambda: subprocess.run('true'), lambda: threading.Thread().start(), lambda: os.fork(), lambda: os.nothing:
    try: call()
    except Exception as error: print(type(error).__mro__[-3].__name__, type(error).__name__)";
        let told = "False None\nException OSError\nException RuntimeError\nException AttributeError\nException AttributeError\n";
        assert_eq!(line(&[], code), (Some(0), told.into(), String::new()));
        let site = directory();
        fs::create_dir(site.path().join("fast")).expect("makes");
        fs::write(site.path().join("fast/__init__.py"), "").expect("writes");
        fs::write(site.path().join("fast/inner.cpython-314-x86_64-linux-gnu.so"), "").expect("writes");
        let site = site.path().to_str().expect("UTF-8");
        for code in ["import fast.inner", "from fast import inner"] {
            let (code, _, error) = line(&["--site", site], code);
            let told = "/fast/inner.cpython-314-x86_64-linux-gnu.so is machine code, which WebAssembly cannot run\n";
            assert!(code == Some(1) && error.ends_with(told), "{error}");
        }
        let (code, _, error) = line(&[], "import fast");
        assert!(code == Some(1) && error.ends_with("ModuleNotFoundError: No module named 'fast'\n"), "{error}");
    }

    #[test]
    fn what_is_in_the_way_is_told_whoever_says_that_something_is_missing() {
        let site = directory();
        let text = |name: &str, text: &str| fs::write(site.path().join(name), text).expect("writes");
        // Code that any CPython 3 loads, code beside a module that is of no use without it, a choice by the system, and none.
        text("any.abi3.so", "");
        text("beside.cpython-314-x86_64-linux-gnu.so", "");
        text("beside.py", "raise ImportError('it was not compiled')");
        text("chooses.py", "import sys\nif sys.platform != 'linux':\n    from time import kqueue");
        text("wants.py", "import sys\nif sys.platform: import winreg");
        text("lacks.py", "import sys\nif sys.platform: import something");
        let at = path(site.path());
        let machine_code = |file: &str| format!("/{file} is machine code, which WebAssembly cannot run\n");
        let system = |file: &str| {
            format!("{file} asks on which system it is, which is wasi; `berkeley python --linux` names it linux\n")
        };
        for (code, told) in [
            ("import any", machine_code("any.abi3.so")),
            ("import beside", machine_code("beside.cpython-314-x86_64-linux-gnu.so")),
            ("import chooses", system("chooses.py")),
            ("import wants", system("wants.py")),
            ("import lacks", "No module named 'something'\n".to_owned()),
        ] {
            let (status, _, error) = line(&["--site", at], code);
            assert!(status == Some(1) && error.ends_with(&told), "{code}: {error}");
        }
        // What is caught and printed says it as well.
        let code = "try: import any\nexcept ImportError as error: print(str(error).partition('/any')[2], error.name)";
        let told = ".abi3.so is machine code, which WebAssembly cannot run any\n";
        assert_eq!(line(&["--site", at], code), (Some(0), told.into(), String::new()));
        assert_eq!(line(&["--site", at, "--linux"], "import chooses"), (Some(0), String::new(), String::new()));
        let (status, _, error) = line(&[], "import tempfile; tempfile.mkstemp()");
        assert!(status == Some(1) && error.lines().count() == 1, "{error}");
        assert!(error.ends_with(": give the guest one, as by `berkeley python --dir DIRECTORY::/tmp`\n"), "{error}");
    }

    #[test]
    fn sockets_are_open_until_the_programs_last_finaliser() {
        let code = "
import socket, weakref
class Holder: pass
holder, held = Holder(), []
weakref.finalize(holder, lambda: held[0].close())
weakref.finalize(holder, lambda: print(held[0].fileno() > 0, held[0].gettimeout()))
held.append(socket.socket())
";
        assert_eq!(line(&[], code), (Some(0), "True None\n".into(), String::new()));
    }

    #[test]
    fn sockets_need_no_library_when_the_program_runs() {
        // As in a component that somebody built of a program.
        let directory = directory();
        fs::create_dir(directory.path().join("lib")).expect("makes");
        let component = root().join("target/guests/python/python.wasm");
        std::os::unix::fs::symlink(component, directory.path().join("python.wasm")).expect("links");
        let code =
            "import socket; print(socket.getaddrinfo('localhost', 80, socket.AF_INET, socket.SOCK_STREAM)[0][4])";
        let place = directory.path().to_str().expect("UTF-8");
        let (_, printed, error) = line(&["--interpreter", place, "--allow", "resolve"], code);
        assert_eq!(printed, "('127.0.0.1', 80)\n", "{error}");
    }

    #[test]
    fn what_python_compiled_of_a_site_is_kept_where_it_may_write() {
        let site = directory();
        // Longer than what the system takes at once.
        let long: String = (0..20_000).map(|number| format!("NAME_{number} = {number}\n")).collect();
        fs::write(site.path().join("long.py"), long).expect("writes");
        let place = site.path().to_str().expect("UTF-8");
        let mut command = Command::new(berkeley());
        run(command.args(["python", "--dir", place, "-m", "compileall", "-q", place]));
        let code = "import long; print(long.NAME_19999, long.__spec__.cached.startswith('/site/0/__pycache__'))";
        assert_eq!(line(&["--site", place], code).1, "19999 True\n");
        let compiled = fs::metadata(site.path().join("__pycache__/long.cpython-314.pyc")).expect("is there");
        assert!(compiled.len() > 100_000);
    }

    #[test]
    fn a_program_writes_where_it_may() {
        let directory = directory();
        let script = directory.path().join("script.py");
        fs::write(&script, "import sys; open(sys.path[0] + '/written', 'w').write('x')").expect("writes");
        let script_with = |options: &[&str]| {
            let output = Command::new(berkeley()).arg("python").args(options).arg(&script).output().expect("it starts");
            (output.status.success(), directory.path().join("written").exists(), text(&output.stderr))
        };
        let (success, written, told) = script_with(&[]);
        assert!(!success && !written && told.contains("PermissionError"), "{told}");
        let (success, written, told) = script_with(&["--dir", directory.path().to_str().expect("UTF-8")]);
        assert!(success && written, "{told}");

        // Where it is started is where relative names begin.
        let mut command = Command::new(berkeley());
        let code = "import os; print(os.getcwd()); open('relative', 'w').write(open('script.py').read())";
        let output = run(command.args(["python", "--dir", ".", "-c", code]).current_dir(&directory));
        assert_eq!(output, format!("{}\n", directory.path().display()));
        assert_eq!(fs::read(directory.path().join("relative")).ok(), fs::read(&script).ok());
    }

    #[test]
    fn every_name_of_cpython_is_there() {
        assert_eq!(succeeds(&[], "names", &[]), NAMES);
    }

    #[test]
    fn wrong_calls_fail_as_in_cpython() {
        let directory = directory();
        let path = directory.path().to_str().expect("UTF-8");
        let guest = succeeds(&["--allow-all"], "errors", &[path]);
        let expected = fs::read_to_string(root().join("tests/data/errors-3.14.txt")).expect("reads");
        for (guest, expected) in guest.lines().zip(expected.lines()) {
            assert_eq!(guest, expected);
        }
        assert_eq!(guest.lines().count(), expected.lines().count());
    }

    #[test]
    fn sockets_of_every_kind_work_within_one_program() {
        for waiting in WAITING {
            let directory = directory();
            let path = directory.path().to_str().expect("UTF-8");
            let (dir, unix) = (["--dir", path], ["--allow", &format!("unix={path}")]);
            let rules = ["--allow", "listen=127.0.0.1", "--allow", "udp", "--allow", "connect=127.0.0.1"];
            let options = [&dir[..], &unix, &rules, &["--waiting", waiting]].concat();
            assert!(succeeds(&options, "exchange", &[path]).ends_with("warned\n"));
        }
    }

    #[test]
    fn files_and_pipes_are_passed_and_opened_by_number() {
        let (native, ours) = (directory(), directory());
        let (native, ours) = (native.path().to_str().expect("UTF-8"), ours.path().to_str().expect("UTF-8"));
        let expected = run(Command::new("python3").arg(program("files")).arg(native));
        assert_eq!(succeeds(&["--allow", "files", "--dir", ours], "files", &[ours]), expected);
    }

    #[test]
    fn asyncio_serves_five_hundred_clients() {
        let answer = succeeds(&["--allow-all"], "streams", &["500"]);
        let native = "500\nb'datagram' True\ntimed out\nb'x'\nConnectionRefusedError\n('127.0.0.1', 80)\n('127.0.0.1', '80')\n\
             handled True False\ninvalid signal number 0\ninvalid signal number 1000\n";
        assert_eq!(answer, native);
    }

    #[test]
    fn an_event_loop_has_the_host_watch_its_sockets() {
        let directory = directory();
        let path = directory.path().join("trace");
        succeeds(&["--allow-all", &format!("--trace={}", path.display())], "streams", &["50"]);
        let trace = fs::read_to_string(path).expect("the trace");
        let lines = |call: &str| trace.lines().filter(|line| line.contains(call)).count();
        assert!(lines(" epoll_ctl(") >= 100 && lines(" epoll_wait(") > 0, "{trace}");
        // What waits by itself is one socket, and perhaps the one by which signals come.
        assert!(!trace.lines().any(|line| line.contains(" poll(") && line.matches("}, {").count() > 1), "{trace}");
    }

    #[test]
    fn tcp_with_native_peers() {
        let mut server = Running::start(guest(&["--allow", "listen=127.0.0.1:0"], "peers", &["tcp_server"]));
        let port = server.port().to_string();
        let mut client = Command::new("python3");
        let answer = run(client.arg(program("peers")).args(["tcp_client", &port]));
        assert_eq!((answer.as_str(), server.finish().as_str()), ("1024000 True\n", ""));

        let mut command = Command::new("python3");
        command.arg("-u").arg(program("peers")).arg("tcp_server");
        let mut server = Running::start(command);
        let port = server.port().to_string();
        let rule = format!("connect=localhost:{port}");
        assert_eq!(succeeds(&["--allow", &rule], "peers", &["tcp_client", &port]), "1024000 True\n");
        server.finish();
    }

    #[test]
    fn udp_with_native_peers() {
        let mut server = Running::start(guest(&["--allow", "udp=127.0.0.1"], "peers", &["udp_server"]));
        let port = server.port().to_string();
        let mut client = Command::new("python3");
        assert_eq!(run(client.arg(program("peers")).args(["udp_client", &port])), "True\n");
        server.finish();

        let mut command = Command::new("python3");
        command.arg("-u").arg(program("peers")).arg("udp_server");
        let mut server = Running::start(command);
        let port = server.port().to_string();
        assert_eq!(succeeds(&["--allow", "udp=127.0.0.1"], "peers", &["udp_client", &port]), "True\n");
        server.finish();
    }

    #[test]
    fn unix_paths_with_native_peers() {
        let directory = directory();
        let path = directory.path().join("socket");
        let (place, path) = (directory.path().display(), path.to_str().expect("UTF-8"));
        let rule = format!("unix={place}");
        let mut server = Running::start(guest(&["--allow", &rule], "peers", &["unix_server", path]));
        assert_eq!(server.line(), "listening");
        let mut client = Command::new("python3");
        assert_eq!(run(client.arg(program("peers")).args(["unix_client", path])), "b'htap'\n");
        server.finish();

        fs::remove_file(path).expect("removes");
        let mut command = Command::new("python3");
        command.arg("-u").arg(program("peers")).args(["unix_server", path]);
        let mut server = Running::start(command);
        assert_eq!(server.line(), "listening");
        assert_eq!(succeeds(&["--allow", &rule], "peers", &["unix_client", path]), "b'htap'\n");
        server.finish();
    }

    #[test]
    fn a_server_removes_the_socket_that_another_has_left() {
        let directory = directory();
        let place = directory.path().to_str().expect("UTF-8");
        std::os::unix::net::UnixListener::bind(directory.path().join("socket")).expect("binds");
        let code = format!(
            "import asyncio, os, pathlib
path = pathlib.Path('{place}/socket')
async def main():
    async with await asyncio.start_unix_server(print, path):
        print('listens')
    print(path.exists())
print(path.is_socket(), pathlib.Path('{place}').is_socket(), os.stat in os.supports_follow_symlinks)
asyncio.run(main())"
        );
        let (_, printed, error) = line(&["--allow", &format!("unix={place}"), "--dir", place], &code);
        assert_eq!(printed, "True False True\nlistens\nFalse\n", "{error}");
    }

    #[test]
    fn sockets_are_passed_between_guest_and_native_program() {
        let directory = directory();
        let path = directory.path().join("socket");
        let program = "
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
print('listening')
connection, _ = server.accept()
_, (number,), _, _ = socket.recv_fds(connection, 1, 1)
socket.socket(fileno=number).sendall(b'from outside')
kept, given = socket.socketpair()
socket.send_fds(connection, [b'x'], [given.fileno()])
print(kept.recv(100).decode())
";
        let mut command = python(program);
        command.arg(&path);
        let mut server = Running::start(command);
        assert_eq!(server.line(), "listening");
        let rule = format!("unix={}", directory.path().display());
        let path = path.to_str().expect("UTF-8");
        assert_eq!(succeeds(&["--allow", &rule], "peers", &["rights_client", path]), "b'from outside'\n");
        assert_eq!(server.finish(), "from the guest\n");
    }

    #[test]
    fn pythons_web_server_serves_curl() {
        let directory = directory();
        fs::write(directory.path().join("page"), vec![b'x'; 300_000]).expect("writes");
        let site = format!("{}::/site", directory.path().display());
        let code = "
import functools, http.server
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory='/site')
server = http.server.HTTPServer(('127.0.0.1', 0), handler)
print(server.server_address[1])
server.serve_forever()
";
        let mut command = Command::new(berkeley());
        // The server looks its own name up.
        let rules = ["--allow", "listen=127.0.0.1:0", "--allow", "resolve", "--allow", "hostname"];
        command.args(["python", "--dir", &site]).args(rules).args(["-c", code]).stderr(Stdio::null());
        let mut server = Running::start(command);
        let url = format!("http://127.0.0.1:{}", server.port());
        for _ in 0..3 {
            let page = run(Command::new("curl").args(["-sS", "--fail", &format!("{url}/page")]));
            assert_eq!(page.len(), 300_000);
        }
        let listing = run(Command::new("curl").args(["-sS", "--fail", &url]));
        assert!(listing.contains("<a href=\"page\">"), "{listing}");
    }

    #[test]
    fn the_web_server_of_the_command_line_has_a_thread_for_each_request() {
        let directory = directory();
        fs::write(directory.path().join("page"), vec![b'x'; 300_000]).expect("writes");
        let mut command = Command::new(berkeley());
        // It tells its port, which the kernel chooses, in its first line.
        let rules = ["--allow", "listen=127.0.0.1:0", "--allow", "resolve", "--allow", "hostname"];
        command.args(["python", "--inline-threads"]).args(rules).args(["-m", "http.server", "-b", "127.0.0.1", "0"]);
        command.current_dir(&directory).stderr(Stdio::null());
        let mut server = Running::start(command);
        let line = server.line();
        let url = line.split(['(', ')']).nth(1).expect("a URL");
        for _ in 0..3 {
            let page = run(Command::new("curl").args(["-sS", "--fail", &format!("{url}page")]));
            assert_eq!(page.len(), 300_000);
        }
    }

    #[test]
    fn threads_run_one_after_the_other_where_that_is_asked_for() {
        let expected = "first 1
second 2
Exception KeyError
[1, 4, 9]
ZeroDivisionError
{} None
('worker_0', 'of the worker') of the main thread
BrokenThreadPool
A thread initializer failed, the thread pool is not usable anymore
9
slept True
set
";
        assert_eq!(succeeds(&["--inline-threads"], "threads", &[]), expected);
        let output = guest(&[], "threads", &[]).output().expect("it starts");
        assert!(text(&output.stderr).contains("can't start new thread"), "{}", text(&output.stderr));
    }

    #[test]
    fn threads_serve_one_another() {
        let native = run(Command::new("python3").arg(program("served")));
        assert_eq!(succeeds(&["--inline-threads", "--allow-all"], "served", &[]), native);
    }

    #[test]
    fn a_thread_that_may_keep_another_waiting_for_ever_is_told_of() {
        // What tells of it ends the thread here, so that the other goes on.
        let code = "import socket, threading, warnings, berkeley_sockets._threads_wait
berkeley_sockets._threads_wait._PATIENCE = 0.01
warnings.simplefilter('error')
left, right = socket.socketpair()
def echo():
    while data := right.recv(9): right.sendall(data)
threading.Thread(target=echo).start()
left.sendall(b'x')
print(left.recv(9))";
        let (status, printed, told) = line(&["--inline-threads", "--allow-all"], code);
        assert_eq!((status, printed.as_str()), (Some(0), "b'x'\n"), "{told}");
        assert!(told.contains("RuntimeWarning: this thread waits, while the one"), "{told}");
        // A server in a thread that has more to do after it.
        let code = "import socketserver, threading
def serve():
    with socketserver.TCPServer(('127.0.0.1', 0), None) as server:
        server.serve_forever()
thread = threading.Thread(target=serve)
thread.start()
threading.Event().wait(0.01)
print('goes on')";
        let (status, printed, told) = line(&["--inline-threads", "--allow-all"], code);
        assert_eq!((status, printed.as_str()), (Some(0), "goes on\n"), "{told}");
        assert!(told.contains("RuntimeError: this thread serves for ever"), "{told}");
    }

    #[test]
    fn urllib_gets_pages_of_a_native_server() {
        let directory = directory();
        fs::write(directory.path().join("page"), vec![b'x'; 300_000]).expect("writes");
        let program = "
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
print(server.server_address[1])
server.serve_forever()
";
        let mut command = python(program);
        command.arg(directory.path()).stderr(Stdio::null());
        let mut server = Running::start(command);
        let port = server.port();
        let (rule, url) = (format!("connect=localhost:{port}"), format!("http://localhost:{port}"));
        assert_eq!(succeeds(&["--allow", &rule], "peers", &["page", &url]), "200 300000\n404\n");
    }

    #[test]
    fn without_a_grant_a_program_gets_permission_error() {
        let output = guest(&[], "peers", &["denied"]).output().expect("it starts");
        let expected = "True Permission denied (not allowed to connect by tcp to 127.0.0.1:9)\n";
        assert_eq!(text(&output.stdout), expected, "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("--allow connect=127.0.0.1:9 would allow it"));
    }

    /// What a native CPython prints.
    fn native(name: &str) -> String {
        run(Command::new("python3").args(["-B", "-W", "ignore"]).arg(program(name)))
    }

    #[test]
    fn fcntl_and_ioctl_do_with_sockets_what_they_do_in_cpython() {
        let rules = ["udp=127.0.0.1", "listen=127.0.0.1:0", "connect=127.0.0.1", "interfaces", "family=netlink"];
        let options = rules.map(|rule| ["--allow", rule]).concat();
        assert_eq!(succeeds(&options, "control", &[]), native("control"));
        let refused = guest(&options[..options.len() - 2], "control", &[]).output().expect("it starts");
        assert!(text(&refused.stderr).contains("--allow family=netlink would allow it"), "{}", text(&refused.stderr));
    }

    /// The program prints the same natively and in a guest, however the guest waits.
    #[track_caller]
    fn prints_as_native(name: &str) {
        let expected = native(name);
        for waiting in WAITING {
            let directory = directory();
            let path = directory.path().to_str().expect("UTF-8");
            let tmp = format!("TMPDIR={path}");
            let options = ["--allow-all", "--dir", path, "--env", &tmp, "--waiting", waiting];
            let printed = succeeds(&options, name, &[]);
            for (printed, expected) in printed.lines().zip(expected.lines()) {
                assert_eq!(printed, expected, "waiting {waiting}");
            }
            assert_eq!(printed.lines().count(), expected.lines().count());
        }
    }

    #[test]
    fn calls_wait_where_those_of_cpython_do() {
        prints_as_native("waits");
    }

    #[test]
    fn what_is_nested_deeply_raises_no_more_than_an_exception() {
        let deep = "import json, sys
def nested(count):
    outer = []
    for _ in range(count): outer = [outer]
    return outer
class Endless:
    def __getattr__(self, name): return getattr(self, name + 'x')
for what in (lambda: json.loads('[' * 200_000), lambda: repr(nested(200_000)), lambda: Endless().name,
             lambda: compile('-' * 100_000 + '1', 'name', 'eval'), lambda: nested(200_000) and None):
    try: print(what())
    except (RecursionError, MemoryError): print('too deep')
sys.setrecursionlimit(10_000)
def endless(): endless()
try: endless()
except RecursionError: print('too deep')";
        let mut command = Command::new(berkeley());
        assert_eq!(run(command.args(["python", "-c", deep])), "too deep\n".repeat(4) + "None\ntoo deep\n");
    }

    #[test]
    fn epoll_tells_what_that_of_cpython_tells() {
        prints_as_native("epolls");
    }

    #[test]
    fn names_of_hosts_are_refused_as_in_cpython() {
        prints_as_native("hosts");
    }

    #[test]
    fn the_types_of_ctypes_lie_in_memory_as_in_c() {
        assert_eq!(succeeds(&[], "ctypes_types", &[]), native("ctypes_types"));
    }

    #[test]
    fn signals_are_handled() {
        let send =
            |signal: &str, program: &Running| run(Command::new("kill").arg(signal).arg(program.id().to_string()));
        let conversation = |command: Command| {
            let mut program = Running::start(interruptible(&command));
            let mut told = Vec::new();
            for signal in ["-INT", "-TERM", "-TERM"] {
                while told.last().is_none_or(|line: &String| !line.ends_with(" me")) {
                    told.push(program.line());
                }
                send(signal, &program);
                told.push(String::from("sent"));
            }
            told
        };
        let mut native = Command::new("python3");
        native.arg("-B").arg(program("signals"));
        let options = ["--allow", "listen=127.0.0.1", "--allow", "connect=127.0.0.1"];
        assert_eq!(conversation(guest(&options, "signals", &[])), conversation(native));
    }

    #[test]
    fn signals_are_heard_where_no_call_has_to_wait() {
        for limit in ["None", "60"] {
            let code = format!(
                "import signal, socket, sys
left, right = socket.socketpair()
left.settimeout({limit})
right.settimeout({limit})
def stop(*_):
    print('heard')
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print('ready', flush=True)
while True:
    left.send(b'x')
    right.recv(1)"
            );
            let mut command = Command::new(berkeley());
            command.args(["python", "--allow-all", "-c", &code]);
            let mut program = Running::start(interruptible(&command));
            assert_eq!(program.line(), "ready");
            run(Command::new("kill").arg("-TERM").arg(program.id().to_string()));
            assert_eq!(program.finish(), "heard\n");
        }
    }

    #[test]
    fn a_program_that_leaves_a_signal_is_ended_by_it() {
        let mut command = Command::new(berkeley());
        command.args(["python", "-c", "print(flush=True)\nwhile True: pass"]);
        let mut child = interruptible(&command).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = [0];
        std::io::Read::read_exact(child.stdout.as_mut().expect("a pipe"), &mut line).expect("a line");
        run(Command::new("kill").arg("-INT").arg(child.id().to_string()));
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
    }

    #[test]
    fn a_program_learns_of_itself_as_a_process() {
        let told = |options: &[&str], signal: &str| {
            let mut command = guest(options, "process", &[signal]);
            let output = command.stdin(Stdio::null()).output().expect("it starts");
            (output.status.code(), text(&output.stdout) + &text(&output.stderr))
        };
        let of_itself = "True True True
True
True True
KeyError \"getpwnam(): name not found: 'nobody'\"
KeyError 'getgrgid(): gid not found: 12345'
ProcessLookupError [Errno 71] No such process
ChildProcessError [Errno 12] No child processes
OSError [Errno 52] multiprocessing: a guest is one process and starts no others; let it work by asyncio, or by threads \
with `berkeley python --inline-threads`, or start several guests
OSError [Errno 52] subprocess: a guest is one process and starts no others; let it work by asyncio, or by threads \
with `berkeley python --inline-threads`, or start several guests
error (59, 'Not a tty')
'' 4 4 b'' r
FileNotFoundError [Errno 44] No such file or directory: '/dev/null/x'
False
";
        assert_eq!(told(&[], "SIGTERM"), (Some(143), format!("wasi wasi wasi\n{of_itself}")));
        let of_linux = of_itself.replace("wasi", "linux");
        assert_eq!(told(&["--linux"], "SIGKILL"), (Some(137), format!("linux Linux Linux\n{of_linux}")));
        let (code, output) = told(&["--dir", "/etc"], "SIGCHLD");
        assert_eq!(code, Some(0), "{output}");
        assert!(output.contains("pw_name='nobody'"), "{output}");
    }

    #[test]
    fn every_program_is_run_by_a_test() {
        let tests = concat!(include_str!("python.rs"), include_str!("python_memory.rs"), include_str!("python_ssl.rs"));
        for entry in fs::read_dir(root().join("tests/python")).expect("reads") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("UTF-8").to_owned();
            let is_program = path.extension() == Some("py".as_ref()) && name != "beside";
            assert!(!is_program || tests.contains(&format!("\"{name}\"")), "no test runs {}", Path::display(&path));
        }
    }
}
