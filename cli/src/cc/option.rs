//! The options of a C compiler's command line, as a table: what each takes, and whom it concerns.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use super::words::{after, join};

/// Where an option's value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    /// There is none: the word is the whole option.
    None,
    /// It follows as the next word.
    Next,
    /// It is the rest of the word.
    Rest,
    /// It is the rest of the word, or the next word where nothing is left.
    Either,
}

/// Whom an option concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The compiler, whenever it compiles.
    Compile,
    /// The compiler, and nothing is linked.
    Stop,
    /// The compiler alone: it answers a question.
    Ask,
    /// The file that is written.
    Output,
    /// The language of the files that follow.
    Language,
    /// A library, or where libraries are: its place in the order counts.
    Library,
    /// The linker: words that commas part.
    LinkerWords,
    /// The linker: this word and its value.
    Linker,
    /// That dependencies are written beside the compilation.
    Dependencies,
    /// Where dependencies are written.
    DependencyFile,
    /// The compiler and the linker: both tell what they do.
    Verbose,
    /// Nothing is done: commands are only told.
    Dry,
    /// What is not linked: the start, the libraries.
    NoStart,
    NoLibraries,
    NoStandard,
    /// The output is an object, to be linked once more.
    Relocatable,
    /// A library that is loaded when a program runs, which a component has not.
    Shared,
    /// Nobody: what it asks for is so in any case, or has no meaning here.
    Nobody,
    /// Nobody, but programs can tell that it was given.
    Threads,
}

use Role::*;
use Value::{Either, Next, Rest};

/// The options that are not simply the compiler's. Of several that fit a word the longest counts.
const OPTIONS: &[(&str, Value, Role)] = &[
    ("-c", Value::None, Stop),
    ("-E", Value::None, Stop),
    ("-S", Value::None, Stop),
    ("-M", Value::None, Stop),
    ("-MM", Value::None, Stop),
    ("-fsyntax-only", Value::None, Stop),
    ("-emit-ast", Value::None, Stop),
    ("--precompile", Value::None, Stop),
    ("--version", Value::None, Ask),
    ("--help", Rest, Ask),
    ("-dump", Rest, Ask),
    ("-print-", Rest, Ask),
    ("--print-", Rest, Ask),
    ("-o", Either, Output),
    ("--output=", Rest, Output),
    ("-x", Either, Language),
    ("--language=", Rest, Language),
    ("-l", Either, Library),
    ("-L", Either, Library),
    ("--library-path=", Rest, Library),
    ("-Wl,", Rest, LinkerWords),
    ("-Xlinker", Next, LinkerWords),
    ("-u", Either, Linker),
    ("-e", Next, Linker),
    ("-z", Either, Linker),
    ("-s", Value::None, Linker),
    ("-T", Either, Nobody),
    ("-MD", Value::None, Dependencies),
    ("-MMD", Value::None, Dependencies),
    ("-MF", Either, DependencyFile),
    ("-v", Value::None, Verbose),
    ("-###", Value::None, Dry),
    ("-nostartfiles", Value::None, NoStart),
    ("-nodefaultlibs", Value::None, NoLibraries),
    ("-nolibc", Value::None, NoLibraries),
    ("-nostdlib", Value::None, NoStandard),
    ("-nostdlib++", Value::None, Nobody),
    ("-r", Value::None, Relocatable),
    ("-shared", Value::None, Shared),
    ("--shared", Value::None, Shared),
    ("-dynamiclib", Value::None, Shared),
    ("-bundle", Value::None, Shared),
    ("-static", Rest, Nobody),
    ("--static", Value::None, Nobody),
    ("-shared-libgcc", Value::None, Nobody),
    ("-rdynamic", Value::None, Nobody),
    ("-pie", Value::None, Nobody),
    ("-no-pie", Value::None, Nobody),
    ("-nopie", Value::None, Nobody),
    ("-pipe", Value::None, Nobody),
    ("-fuse-ld=", Rest, Nobody),
    ("-B", Either, Nobody),
    ("-pthread", Value::None, Threads),
    ("-pthreads", Value::None, Threads),
    ("-mthreads", Value::None, Threads),
    // These have a value of their own, which is no file to compile.
    ("-D", Either, Compile),
    ("-U", Either, Compile),
    ("-I", Either, Compile),
    ("-F", Either, Compile),
    ("-include", Either, Compile),
    ("-include-pch", Next, Compile),
    ("-imacros", Either, Compile),
    ("-iprefix", Either, Compile),
    ("-iwithprefix", Either, Compile),
    ("-iquote", Either, Compile),
    ("-isystem", Either, Compile),
    ("-idirafter", Either, Compile),
    ("-isysroot", Either, Compile),
    ("-MT", Either, Compile),
    ("-MQ", Either, Compile),
    ("-MJ", Either, Compile),
    ("-A", Either, Compile),
    ("-Xclang", Next, Compile),
    ("-Xpreprocessor", Next, Compile),
    ("-Xassembler", Next, Compile),
    ("-mllvm", Next, Compile),
    ("-dumpbase", Next, Compile),
    ("-dumpdir", Next, Compile),
    ("-aux-info", Next, Compile),
    ("-arch", Next, Nobody),
    ("--param", Either, Compile),
    ("-target", Next, Nobody),
    ("--target=", Rest, Nobody),
];

/// An option, or a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As it stands in the table; nothing for a file.
    pub(super) option: Option<(&'static str, Role)>,
    pub(super) value: OsString,
    /// As it was written.
    pub(super) written: Vec<OsString>,
}

/// What the words are.
///
/// Fails with an option whose value is missing.
pub(super) fn read(words: Vec<OsString>) -> Result<Vec<Word>, OsString> {
    let mut all = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        // A dash alone is a file: stdin.
        if word == "-" || !word.as_bytes().starts_with(b"-") {
            all.push(Word { option: None, value: word.clone(), written: vec![word] });
            continue;
        }
        let Some((name, value, role)) = find(&word) else {
            all.push(Word { option: Some(("", Compile)), value: OsString::new(), written: vec![word] });
            continue;
        };
        let rest = after(&word, name).unwrap_or_default().to_owned();
        let mut written = vec![word];
        let value = if value == Next || value == Either && rest.is_empty() {
            let next = words.next().ok_or_else(|| written[0].clone())?;
            written.push(next.clone());
            next
        } else {
            rest
        };
        all.push(Word { option: Some((name, role)), value, written });
    }
    Ok(all)
}

fn find(word: &OsStr) -> Option<(&'static str, Value, Role)> {
    let fits = |name: &str, value| match value {
        Value::None | Next => word == name,
        Rest | Either => after(word, name).is_some(),
    };
    let fitting = OPTIONS.iter().filter(|(name, value, _)| fits(name, *value) && !is_other(word, name));
    fitting.max_by_key(|(name, ..)| name.len()).copied()
}

/// Whether a word that begins like the option is another one: what the compiler has more of than the table.
fn is_other(word: &OsStr, name: &str) -> bool {
    name == "-u" && word == "-undef"
}

impl Word {
    /// The option with its value as one word, as the linker takes it.
    pub(super) fn joined(&self) -> OsString {
        self.option.map_or_else(|| self.value.clone(), |(name, _)| join(name, &self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(line: &str) -> Vec<(&'static str, Option<Role>, String)> {
        let words = read(line.split(' ').map(OsString::from).collect()).expect("a line");
        let row = |word: &Word| {
            (word.option.map_or("", |o| o.0), word.option.map(|o| o.1), word.value.to_string_lossy().into_owned())
        };
        words.iter().map(row).collect()
    }

    #[test]
    fn options_are_told_apart() {
        for (line, expected) in [
            ("-oa.out", ("-o", Some(Output), "a.out")),
            ("-o a.out", ("-o", Some(Output), "a.out")),
            ("-lssl", ("-l", Some(Library), "ssl")),
            ("-l ssl", ("-l", Some(Library), "ssl")),
            ("-x c++", ("-x", Some(Language), "c++")),
            ("-xc", ("-x", Some(Language), "c")),
            ("-MMD", ("-MMD", Some(Dependencies), "")),
            ("-MM", ("-MM", Some(Stop), "")),
            ("-MFa.d", ("-MF", Some(DependencyFile), "a.d")),
            ("-Wl,-z,now", ("-Wl,", Some(LinkerWords), "-z,now")),
            ("-Wall", ("", Some(Compile), "")),
            ("-D X=1", ("-D", Some(Compile), "X=1")),
            ("-include config.h", ("-include", Some(Compile), "config.h")),
            ("-isystem dir", ("-isystem", Some(Compile), "dir")),
            ("-undef", ("", Some(Compile), "")),
            ("-shared", ("-shared", Some(Shared), "")),
            ("-shared-libgcc", ("-shared-libgcc", Some(Nobody), "")),
            ("-std=c11", ("", Some(Compile), "")),
            ("-static-libgcc", ("-static", Some(Nobody), "-libgcc")),
            ("-print-prog-name=ld", ("-print-", Some(Ask), "prog-name=ld")),
            ("-", ("", None, "-")),
            ("a.c", ("", None, "a.c")),
        ] {
            let expected = (expected.0, expected.1, expected.2.to_owned());
            assert_eq!(roles(line), [expected], "{line}");
        }
    }

    #[test]
    fn a_value_that_is_missing_is_told() {
        assert_eq!(read(vec!["a.c".into(), "-o".into()]), Err("-o".into()));
    }

    #[test]
    fn an_option_of_the_table_stands_there_once() {
        for (at, (name, ..)) in OPTIONS.iter().enumerate() {
            assert!(OPTIONS[..at].iter().all(|other| other.0 != *name), "{name}");
        }
    }
}
