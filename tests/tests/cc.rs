//! `berkeley cc`: what it compiles runs, what it is told it does, and its headers say what the library does.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use berkeley_constants::ALL;
use berkeley_tests::c::{cc, compile, is_possible, tool};
use berkeley_tests::{Guest, Running, berkeley, python, root, skipped, text};
use tempfile::tempdir;

/// A peer that answers each line of each client, by TCP and at a path; it tells its port.
const PEER: &str = "
import os, selectors, socket, sys
ready = selectors.DefaultSelector()
by_path = socket.socket(socket.AF_UNIX)
by_path.bind(sys.argv[1])
by_path.listen()
by_port = socket.create_server(('127.0.0.1', 0))
print(by_port.getsockname()[1])
for listener in by_path, by_port:
    ready.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        client, _ = key.fileobj.accept()
        with client, client.makefile('rw') as stream:
            stream.write('answer to ' + stream.readline())
            stream.flush()
";

#[track_caller]
fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
    text(&output.stdout)
}

fn write(directory: &Path, name: &str, content: &str) {
    fs::write(directory.join(name), content).expect("writes");
}

#[test]
fn a_program_speaks_with_real_peers() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let client = compile("client", directory.path());
    let path = directory.path().join("peer");
    let mut command = python(PEER);
    command.arg(&path);
    let mut peer = Running::start(command);
    let port = peer.port();
    let unix = directory.path().display();
    let client = client.allow("connect=localhost").allow(format!("unix={unix}")).arg(port).arg(path.display());
    assert_eq!(client.succeeds(), "answer to by name\nanswer to by path\nanswer to by address\n");
}

/// `tests/c/contract.c`, with what `wit-bindgen c` gives for the contract, if that is there.
fn over_the_contract(directory: &Path) -> Option<Guest> {
    let bindings = root().join("target/bindings/c");
    if !bindings.join("imports.h").is_file() {
        skipped(format_args!("the bindings for C are not written; `cargo xtask test` writes them"));
        return None;
    }
    let include = format!("-I{}", bindings.display());
    let sources =
        [root().join("tests/c/contract.c"), bindings.join("imports.c"), bindings.join("imports_component_type.o")];
    let sources = sources.map(|path| path.display().to_string());
    succeeds(&cc(
        directory,
        ["-O1", "-Wall", &include, "-o", "contract.wasm"].into_iter().chain(sources.iter().map(String::as_str)),
    ));
    Some(Guest::at(directory.join("contract.wasm")))
}

#[test]
fn a_program_calls_the_contract_by_its_bindings() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let Some(guest) = over_the_contract(directory.path()) else { return };
    let mut command = python(PEER);
    command.arg(directory.path().join("peer"));
    let mut peer = Running::start(command);
    let port = peer.port();
    let guest = guest.arg("localhost").arg(port).arg("one").arg("two").arg("three");
    let told = guest.allow("connect=localhost").succeeds();
    assert_eq!(told, "answer to one\nanswer to two\nanswer to three\n");
}

#[test]
fn a_program_over_the_contract_is_told_why() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let Some(guest) = over_the_contract(directory.path()) else { return };
    let path = guest.program().to_path_buf();
    let with = |host: &str| Guest::at(path.clone()).arg(host).arg(9).arg("word").output("inline");
    assert_eq!(text(&with("127.0.0.1").stdout), "connect: not allowed to connect by tcp to 127.0.0.1:9\n");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let refused = Guest::at(path.clone()).allow_all().arg("127.0.0.1").arg(port).arg("word").output("inline");
    assert_eq!((text(&refused.stdout).as_str(), refused.status.code()), ("connect: nobody listens\n", Some(1)));
}

#[test]
fn exit_codes_are_the_programs() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let program = compile("exits", directory.path());
    for (how, code, written) in [
        ("exit", 7, "first last\n"),
        ("return", 7, "first last\n"),
        ("exit", 0, "first last\n"),
        ("return", 0, "first last\n"),
        ("return", 255, "first last\n"),
        // What is buffered is lost.
        ("_exit", 42, ""),
        ("_Exit", 3, ""),
    ] {
        let mut command = Command::new(berkeley());
        let output =
            command.arg("run").arg(program.program()).args([how, &code.to_string()]).output().expect("it starts");
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(code), written), "{how}");
    }
    // Natively the low eight bits count as well.
    write(directory.path(), "short.c", "int main(void) { return 259; }\n");
    succeeds(&cc(directory.path(), ["-o", "short.wasm", "short.c"]));
    let status =
        Command::new(berkeley()).arg("run").arg(directory.path().join("short.wasm")).status().expect("it starts");
    assert_eq!(status.code(), Some(3));
}

#[test]
fn what_stands_in_answers_as_the_headers_say() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let data = directory.path().join("data");
    fs::create_dir(&data).expect("makes");
    let guest = compile("standins", directory.path()).option("--dir", format!("{}::/data", data.display()));
    assert_eq!(guest.succeeds(), "ok\n");
    let output = guest.output("inline");
    assert_eq!(text(&output.stderr), "standins: logged\n");
}

#[test]
fn the_headers_numbers_mean_to_the_library_what_they_say() {
    if is_possible() {
        let directory = tempdir().expect("a directory");
        assert_eq!(compile("descriptors", directory.path()).allow_all().succeeds(), "ok\n");
    }
}

#[test]
fn calls_answer_at_their_edges_what_linux_answers() {
    if is_possible() {
        let directory = tempdir().expect("a directory");
        let guest = compile("edges", directory.path()).option("--dir", format!("{}::.", directory.path().display()));
        assert_eq!(guest.allow_all().succeeds(), "ok\n");
    }
}

#[test]
fn queues_keep_their_order() {
    if is_possible() {
        let directory = tempdir().expect("a directory");
        let told = compile("queues", directory.path()).succeeds();
        assert_eq!(told, "list ok\nsingle ok\nqueue ok\nboth ok\n");
    }
}

/// A table of names and numbers is a macro of C for each, that is there.
#[test]
fn numbers_are_those_of_the_table_in_wasi_libcs_way() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let mut source = String::new();
    for header in HEADERS_WITH_NUMBERS {
        writeln!(source, "#include <{header}>").expect("a string takes it");
    }
    source.push_str("#include <stdio.h>\nint main(void) {\n");
    for (name, _) in ALL {
        writeln!(source, "#ifdef {name}\nprintf(\"{name} %lld\\n\", (long long)({name}));\n#endif").expect("a string");
    }
    source.push_str("return 0; }\n");
    write(directory.path(), "numbers.c", &source);
    succeeds(&cc(directory.path(), ["numbers.c", "-o", "numbers.wasm"]));
    let told = Guest::at(directory.path().join("numbers.wasm")).succeeds();
    let told: Vec<_> = told.lines().filter_map(|line| line.split_once(' ')).collect();
    assert!(told.len() > 400, "{} names", told.len());
    for (name, number) in told {
        let own = OWN.iter().find(|(own, _)| *own == name).map(|(_, own)| *own);
        let linux = ALL.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
        assert_eq!(number.parse().ok(), own.or(linux), "{name}");
    }
}

/// The headers that define them.
const HEADERS_WITH_NUMBERS: [&str; 14] = [
    "sys/socket.h",
    "netinet/in.h",
    "netinet/tcp.h",
    "netinet/udp.h",
    "netinet/sctp.h",
    "netpacket/packet.h",
    "net/ethernet.h",
    "netdb.h",
    "poll.h",
    "linux/can.h",
    "linux/netlink.h",
    "linux/tipc.h",
    "linux/vm_sockets.h",
    "arpa/inet.h",
];

/// The numbers that are wasi-libc's, as it has published them.
const OWN: [(&str, i64); 22] = [
    ("AF_AX25", 10),
    ("AF_INET", 1),
    ("AF_INET6", 2),
    ("AF_UNIX", 3),
    ("POLLERR", 0x1000),
    ("POLLHUP", 0x2000),
    ("POLLNVAL", 0x4000),
    ("POLLOUT", 2),
    ("POLLPRI", 4),
    ("POLLRDHUP", 0x800),
    ("SHUT_RD", 1),
    ("SHUT_RDWR", 3),
    ("SHUT_WR", 2),
    ("SOCK_CLOEXEC", 0x2000),
    ("SOCK_DGRAM", 5),
    ("SOCK_NONBLOCK", 0x4000),
    ("SOCK_SEQPACKET", 7),
    ("SOCK_STREAM", 6),
    ("SOL_SOCKET", 0x7fff_ffff),
    ("SO_RCVTIMEO", 66),
    ("SO_SNDTIMEO", 67),
    ("SO_RCVTIMEO_NEW", 66),
];

#[test]
fn each_header_stands_alone_in_c_and_in_cxx() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let mut names = Vec::new();
    list(&root().join("libc/include"), String::new(), &mut names);
    assert!(names.len() > 60, "{names:?}");
    let mut sources = Vec::new();
    for name in &names {
        let source = format!("{}.c", name.replace('/', "-"));
        // Twice, for it must not mind.
        write(directory.path(), &source, &format!("#include <{name}>\n#include <{name}>\nint one;\n"));
        sources.push(source);
    }
    let languages = [&["-std=gnu17"][..], &["-std=c11", "-D_GNU_SOURCE"], &["-std=c99"], &["-x", "c++"]];
    for words in languages {
        let words = words.iter().copied().chain(["-fsyntax-only", "-Wall", "-Werror"]);
        succeeds(&cc(directory.path(), words.chain(sources.iter().map(String::as_str))));
    }
    // What stands for no function is one of C's, too.
    let program = "#include <signal.h>\nint main() { return signal(SIGPIPE, SIG_IGN) == SIG_ERR; }\n";
    write(directory.path(), "ignores.cc", program);
    succeeds(&cc(directory.path(), ["-x", "c++", "-c", "ignores.cc"]));
    succeeds(&cc(directory.path(), ["ignores.o", "-o", "ignores"]));
}

fn list(directory: &Path, below: String, names: &mut Vec<String>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = format!("{below}{}", path.file_name().expect("a name").display());
        if path.is_dir() { list(&path, format!("{name}/"), names) } else { names.push(name) }
    }
}

const HELLO: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";

#[track_caller]
fn says_hello(directory: &Path, component: &str) {
    assert_eq!(Guest::at(directory.join(component)).succeeds(), "hello\n");
}

#[test]
fn it_does_what_it_is_told_as_other_compilers_do() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let at = directory.path();
    write(at, "conftest.c", HELLO);
    succeeds(&cc(at, ["conftest.c"]));
    says_hello(at, "a.out");
    // Objects, archives, and libraries by name, in any place of the line.
    write(at, "part.c", "#include <stdio.h>\nvoid part(void) { puts(\"hello\"); }\n");
    write(at, "main.c", "void part(void);\nint main(void) { part(); return 0; }\n");
    succeeds(&cc(at, ["-c", "part.c", "main.c"]));
    succeeds(&tool("ar").args(["rcs", "libpart.a", "part.o"]).current_dir(at).output().expect("ar"));
    succeeds(&cc(at, ["main.o", "-L.", "-lpart", "-lm", "-lpthread", "-o", "parts"]));
    says_hello(at, "parts");
    succeeds(&cc(at, ["main.c", "part.o", "-o", "mixed", "-MMD", "-Wl,--as-needed", "-s"]));
    says_hello(at, "mixed");
    // `main` itself may be in an archive.
    write(at, "start.c", "void part(void);\nint main(int count, char **words) { part(); return !(count && words); }\n");
    succeeds(&cc(at, ["-c", "start.c"]));
    succeeds(&tool("ar").args(["rcs", "libstart.a", "start.o", "part.o"]).current_dir(at).output().expect("ar"));
    succeeds(&cc(at, ["-L.", "-lstart", "-o", "started"]));
    says_hello(at, "started");
    assert!(fs::read_to_string(at.join("mixed.d")).expect("dependencies").contains("main.c"));
    // A response file, and a source from stdin.
    write(at, "words", "conftest.c\n-o 'by words'");
    succeeds(&cc(at, ["@words"]));
    says_hello(at, "by words");
    let mut stdin = tool("cc");
    stdin.args(["-x", "c", "-", "-o", "by-stdin"]).current_dir(at);
    let mut stdin = stdin.stdin(Stdio::piped()).spawn().expect("starts");
    stdin.stdin.take().expect("a pipe").write_all(HELLO.as_bytes()).expect("reads");
    assert!(stdin.wait().expect("ends").success());
    says_hello(at, "by-stdin");
    // Without the C library's headers there are the compiler's own.
    write(at, "alone.c", "#include <stddef.h>\n#include <stdarg.h>\nsize_t alone;\n");
    succeeds(&cc(at, ["-nostdlibinc", "-c", "alone.c"]));
    assert!(!cc(at, ["-nostdlibinc", "-c", "conftest.c"]).status.success());
    // One object of two.
    succeeds(&cc(at, ["-r", "main.o", "part.o", "-o", "both.o"]));
    succeeds(&cc(at, ["both.o", "-o", "both"]));
    says_hello(at, "both");
}

#[test]
fn it_answers_and_refuses_as_other_compilers_do() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let at = directory.path();
    assert!(succeeds(&cc(at, ["--version"])).contains("clang version"));
    assert!(succeeds(&cc(at, ["-dumpmachine"])).starts_with("wasm32"));
    assert!(cc(at, ["-v"]).status.success());
    let library = succeeds(&cc(at, ["-print-file-name=libc.a"]));
    assert!(Path::new(library.trim()).is_file(), "{library}");
    assert_eq!(succeeds(&cc(at, ["-print-file-name=no-such"])), "no-such\n");
    let linker = succeeds(&cc(at, ["-print-prog-name=ld"]));
    assert!(Path::new(linker.trim()).is_file(), "{linker}");
    write(at, "bad.c", "int main(void) { return no_such; }\n");
    write(at, "missing.c", "int no_such(void);\nint main(void) { return no_such(); }\n");
    for (words, said) in [
        (&["bad.c"][..], "no_such"),
        (&["-c", "bad.c"], "no_such"),
        (&["missing.c"], "no_such"),
        (&["-shared", "missing.c"], "--disable-shared"),
        (&["missing.c", "-o"], "-o needs an argument"),
        (&[], "no input files"),
        (&["no-such-file.c"], "no-such-file.c"),
    ] {
        let output = cc(at, words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(text(&output.stderr).contains(said), "{words:?}: {}", text(&output.stderr));
        assert!(!at.join("a.out").exists(), "{words:?}");
    }
    assert!(succeeds(&cc(at, ["-E", "-dM", "bad.c"])).contains("__BERKELEY__"));
    succeeds(&cc(at, ["-###", "missing.c"]));
    assert!(!at.join("a.out").exists());
}

#[test]
fn a_program_imports_no_sockets_of_wasi() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let client = compile("client", directory.path());
    let bytes = fs::read(client.program()).expect("reads");
    let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    assert!(has(b"berkeley:sockets/") && !has(b"wasi:sockets/"));
}

#[test]
fn it_is_found_by_names_of_one_word() {
    if !is_possible() {
        return;
    }
    let directory = tempdir().expect("a directory");
    let at = directory.path();
    succeeds(&cc(at, ["--install", "bin"]));
    write(at, "conftest.c", HELLO);
    let program = at.join("bin/berkeley-cc");
    let output = std::process::Command::new(program).arg("conftest.c").current_dir(at).output().expect("starts");
    succeeds(&output);
    says_hello(at, "a.out");
    assert!(succeeds(&cc(at, ["--cmake"])).contains("set(CMAKE_SYSTEM_NAME WASI)"));
}
