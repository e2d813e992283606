use super::*;

fn line(words: &str) -> Line {
    Line::parse(words.split_whitespace().map(OsString::from)).expect("a line")
}

/// What is linked, as text: a source in brackets.
fn linked(words: &str) -> String {
    let text = |input: &Input| match input {
        Input::Source { words, .. } => {
            format!("[{}]", words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
        }
        Input::Linker(word) => word.to_string_lossy().into_owned(),
    };
    line(words).inputs.iter().map(text).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_to_be_done_is_told_apart() {
    for (words, task) in [
        ("-c a.c", Task::Compile),
        ("-E -", Task::Compile),
        ("-MM a.c", Task::Compile),
        ("a.c", Task::Link),
        ("a.o -o a", Task::Link),
        ("-r a.o b.o -o c.o", Task::Merge),
        ("--version", Task::Ask),
        ("-v", Task::Ask),
        ("-v a.c", Task::Link),
        ("-dumpmachine", Task::Ask),
        ("-print-prog-name=ld", Task::Ask),
        ("-shared --version", Task::Ask),
        ("-shared -fPIC -c a.c", Task::Compile),
    ] {
        assert_eq!(line(words).task, task, "{words}");
    }
    for words in ["", "-O2", "-shared a.o", "a.c -o"] {
        assert!(Line::parse(words.split_whitespace().map(OsString::from)).is_err(), "{words}");
    }
}

#[test]
fn the_order_of_what_is_linked_is_kept() {
    assert_eq!(linked("a.c b.o -lx -Ly -lz c.a d.cpp"), "[a.c] b.o -lx -Ly -lz c.a [d.cpp]");
    assert_eq!(linked("-l x -L y a.o"), "-lx -Ly a.o");
    assert_eq!(linked("a.o -lm -ldl -lpthread -lrt -lc -lcurl -lresolv"), "a.o -lcurl");
    assert_eq!(linked("-x c - -x none b.o"), "[-x c -] b.o");
    assert_eq!(linked("a.o.1 -s -u main"), "a.o.1 -s -u main");
}

#[test]
fn words_for_other_linkers_are_left_out() {
    assert_eq!(linked("a.o -Wl,--as-needed,-z,relro,-z,now -Wl,-rpath,/usr/lib -Wl,-rpath=/x -lz"), "a.o -lz");
    assert_eq!(linked("a.o -Wl,-z,stack-size=65536 -Wl,-z,noexecstack"), "a.o -z stack-size=65536");
    assert_eq!(
        linked("a.o -z now -znoexecstack -zstack-size=1 -Wl,--gc-sections"),
        "a.o -z stack-size=1 --gc-sections"
    );
    assert_eq!(linked("a.o -Xlinker -rpath -Xlinker /usr/lib -Xlinker --no-gc-sections"), "a.o --no-gc-sections");
    assert_eq!(linked("-Wl,--version-script=a.map -Wl,--start-group a.a b.a -Wl,--end-group"), "a.a b.a");
    assert_eq!(linked("a.o -Wl,--dynamic-list=linker.syms -Wl,--exclude-libs,ALL,--no-allow-shlib-undefined"), "a.o");
    assert_eq!(linked("a.o -Wl,-Map,a.map -Wl,--export=f -rdynamic -static -pie"), "a.o -Map a.map --export=f");
}

#[test]
fn the_compiler_gets_what_is_its_own() {
    let all = line("-Wall -O2 -DX=1 -I inc a.c -pthread -lm -Wl,--as-needed -MMD -o a");
    assert_eq!(all.flags, ["-Wall", "-O2", "-DX=1", "-I", "inc", "-D_REENTRANT", "-MMD"]);
    assert!(all.dependencies && all.output == Path::new("a"));
    let compiled = line("-c -pthread -xc++ a.x -o a.o -MMD -MF a.d -shared -static");
    assert_eq!(compiled.words, ["-c", "-D_REENTRANT", "-xc++", "a.x", "-o", "a.o", "-MMD", "-MF", "a.d"]);
    assert!(compiled.cxx_sources && !compiled.dependencies);
    assert!(!line("a.c").cxx_sources && line("a.cc").cxx_sources);
}

#[test]
fn what_is_linked_by_default_can_be_left_out() {
    let standard = |words| {
        let line = line(words);
        (line.start, line.libraries)
    };
    assert_eq!(standard("a.o"), (true, true));
    assert_eq!(standard("-nostdlib a.o"), (false, false));
    assert_eq!(standard("-nostartfiles a.o"), (false, true));
    assert_eq!(standard("-nodefaultlibs a.o"), (true, false));
}

#[test]
fn some_questions_are_answered_here() {
    assert_eq!(line("-print-prog-name=ld").question, Some("-print-prog-name=ld".into()));
    assert_eq!(line("--print-file-name=libc.a").question, Some("-print-file-name=libc.a".into()));
    assert_eq!(line("-print-search-dirs").question, None);
}
