//! A compiler's command line, understood: what is to be compiled, and what is to be linked, in which order.

mod foreign;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};

use super::option::{Role, Word, read};
use super::words::{after, expand, join};

/// What files of these endings are: sources, to be compiled. Everything else is for the linker.
const C_SOURCES: [&str; 6] = ["c", "i", "s", "S", "sx", "m"];
const CXX_SOURCES: [&str; 10] = ["cc", "cp", "cxx", "cpp", "CPP", "c++", "C", "ii", "mm", "cppm"];

/// Libraries that are parts of `libc.a` here, or of `libberkeley_libc.a`.
const PARTS_OF_LIBC: [&str; 16] = [
    "anl",
    "berkeley_libc",
    "c",
    "dl",
    "gcc",
    "gcc_s",
    "m",
    "nsl",
    "pthread",
    "resolv",
    "rt",
    "socket",
    "util",
    "wasi-emulated-getpid",
    "wasi-emulated-process-clocks",
    "wasi-emulated-signal",
];

/// The C++ library, which `berkeley c++` adds by itself.
const CXX_LIBRARIES: [&str; 4] = ["c++", "c++abi", "stdc++", "supc++"];

/// Values of `-z` that wasm-ld knows; what others ask for has no meaning here.
const Z_VALUES: [&str; 1] = ["stack-size="];

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// The compiler does it all.
    Compile,
    /// The compiler answers.
    Ask,
    /// Sources are compiled, and all is linked: to a component, or to one object.
    Link,
    Merge,
}

/// One thing that is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// A source, to be compiled by these words, with its language.
    Source { words: Vec<OsString>, name: OsString, cxx: bool },
    /// A word for the linker.
    Linker(OsString),
}

/// A command line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) task: Task,
    /// All words that are for the compiler, in order, files among them.
    pub(super) words: Vec<OsString>,
    /// Those without files, for each source.
    pub(super) flags: Vec<OsString>,
    pub(super) inputs: Vec<Input>,
    pub(super) output: PathBuf,
    /// Whether a file with dependencies is written beside the output.
    pub(super) dependencies: bool,
    pub(super) cxx_sources: bool,
    pub(super) verbose: bool,
    pub(super) dry: bool,
    pub(super) start: bool,
    pub(super) libraries: bool,
    /// A question that this command answers, for the compiler knows another linker and other libraries.
    pub(super) question: Option<OsString>,
}

impl Line {
    /// Understands the words, with those of response files.
    pub(super) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self> {
        let words = read(expand(words)).map_err(|option| anyhow!("{} needs an argument", option.display()))?;
        let mut reader = Reader::default();
        words.iter().try_for_each(|word| reader.take(word))?;
        reader.finish()
    }
}

#[derive(Default)]
struct Reader {
    words: Vec<OsString>,
    flags: Vec<OsString>,
    inputs: Vec<Input>,
    language: Option<OsString>,
    output: Option<PathBuf>,
    stop: bool,
    ask: bool,
    question: Option<OsString>,
    merge: bool,
    shared: bool,
    dependencies: (bool, bool),
    cxx_sources: bool,
    verbose: bool,
    dry: bool,
    no_start: bool,
    no_libraries: bool,
    /// A word of the linker whose value is the next one, which is left out with it.
    left_out: bool,
}

impl Reader {
    fn take(&mut self, word: &Word) -> Result<()> {
        let Some((_, role)) = word.option else {
            self.words.extend_from_slice(&word.written);
            self.file(&word.value);
            return Ok(());
        };
        match role {
            Role::Compile => self.flags.extend_from_slice(&word.written),
            Role::Stop => self.stop = true,
            Role::Ask => {
                self.ask = true;
                let answered = ["-print-file-name=", "-print-prog-name=ld", "-print-libgcc-file-name"];
                let asked = word.joined();
                let asked = after(&asked, "-").filter(|rest| after(rest, "-").is_some()).unwrap_or(&asked).to_owned();
                self.question = answered.iter().any(|begin| after(&asked, begin).is_some()).then_some(asked);
            }
            Role::Output => self.output = Some(word.value.clone().into()),
            Role::Language => self.language = Some(word.value.clone()).filter(|language| language != "none"),
            Role::Library => self.library(word)?,
            Role::LinkerWords if word.written.len() > 1 => self.linker_word(&word.value),
            Role::LinkerWords => {
                word.value
                    .as_bytes()
                    .split(|&byte| byte == b',')
                    .for_each(|one| self.linker_word(OsStr::from_bytes(one)));
            }
            Role::Linker => word.written.iter().for_each(|one| self.linker_word(one)),
            Role::Dependencies => {
                self.dependencies.0 = true;
                self.flags.extend_from_slice(&word.written);
            }
            Role::DependencyFile => {
                self.dependencies.1 = true;
                self.flags.extend_from_slice(&word.written);
            }
            Role::Verbose => self.verbose = true,
            Role::Dry => self.dry = true,
            Role::NoStart => self.no_start = true,
            Role::NoLibraries => self.no_libraries = true,
            Role::NoStandard => (self.no_start, self.no_libraries) = (true, true),
            Role::Relocatable => self.merge = true,
            Role::Shared => self.shared = true,
            Role::Threads => {
                self.flags.push("-D_REENTRANT".into());
                self.words.push("-D_REENTRANT".into());
            }
            Role::Nobody => {}
        }
        if !matches!(role, Role::Nobody | Role::Threads | Role::Shared | Role::Relocatable | Role::Linker) {
            self.words.extend_from_slice(&word.written);
        }
        Ok(())
    }

    fn file(&mut self, name: &OsStr) {
        let end = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
        let (words, cxx) = match &self.language {
            Some(language) => (vec!["-x".into(), language.clone()], language.as_bytes().starts_with(b"c++")),
            None if CXX_SOURCES.contains(&end) => (Vec::new(), true),
            None if C_SOURCES.contains(&end) => (Vec::new(), false),
            None => return self.inputs.push(Input::Linker(name.to_owned())),
        };
        self.cxx_sources |= cxx;
        let words = words.into_iter().chain([name.to_owned()]).collect();
        self.inputs.push(Input::Source { words, name: name.to_owned(), cxx });
    }

    fn library(&mut self, word: &Word) -> Result<()> {
        if word.option.is_some_and(|(name, _)| name == "-l") {
            let is_part = |names: &[&str]| names.iter().any(|name| word.value == *name);
            if is_part(&PARTS_OF_LIBC) || is_part(&CXX_LIBRARIES) {
                return Ok(());
            }
            if let Some(name) = after(&word.value, ":") {
                bail!("-l:{}: name the file by its path", name.display());
            }
        }
        let is_short = word.option.is_some_and(|(name, _)| name == "-L" || name == "-l");
        let word = if is_short { word.joined() } else { join("-L", &word.value) };
        self.inputs.push(Input::Linker(word));
        Ok(())
    }

    fn linker_word(&mut self, word: &OsStr) {
        let previous = match self.inputs.last() {
            Some(Input::Linker(word)) if !self.left_out => word.clone(),
            _ => OsString::new(),
        };
        if std::mem::take(&mut self.left_out) {
            return;
        }
        if previous == "-z" && !Z_VALUES.iter().any(|known| after(word, known).is_some()) {
            self.inputs.pop();
            return;
        }
        if let Some(value) = after(word, "-z").filter(|value| !value.is_empty()) {
            if Z_VALUES.iter().any(|known| after(value, known).is_some()) {
                self.inputs.extend(["-z".into(), value.to_owned()].map(Input::Linker));
            }
            return;
        }
        let has_value =
            |name: &&str| after(word, name).is_some_and(|rest| rest.is_empty() || rest.as_bytes()[0] == b'=');
        if foreign::WORDS_WITH_VALUE.iter().any(has_value) {
            self.left_out = !word.as_bytes().contains(&b'=');
        } else if !word.is_empty() && !foreign::WORDS.iter().any(|name| word == *name) {
            self.inputs.push(Input::Linker(word.to_owned()));
        }
    }

    fn finish(self) -> Result<Line> {
        let nothing = self.inputs.is_empty();
        let task = match () {
            () if self.ask || nothing && self.verbose => Task::Ask,
            () if self.stop => Task::Compile,
            () if nothing => bail!("no input files"),
            () if self.shared => bail!(
                "-shared: a component loads no libraries when it runs; build static ones (configure: --disable-shared, CMake: \
                 -DBUILD_SHARED_LIBS=OFF)"
            ),
            () if self.merge => Task::Merge,
            () => Task::Link,
        };
        Ok(Line {
            task,
            words: self.words,
            flags: self.flags,
            inputs: self.inputs,
            output: self.output.unwrap_or_else(|| "a.out".into()),
            dependencies: self.dependencies == (true, false),
            cxx_sources: self.cxx_sources,
            verbose: self.verbose,
            dry: self.dry,
            start: !self.no_start,
            libraries: !self.no_libraries,
            question: self.question,
        })
    }
}

#[cfg(test)]
mod tests;
