//! Which word of a command line is the program, and whether that is WebAssembly.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use crate::rootfs::{normal, open_file};
use crate::spec::{Process, Spec};

/// What WebAssembly begins with.
const MAGIC: [u8; 4] = *b"\0asm";

/// How long a component may be, in bytes.
pub(crate) const LONGEST: u64 = 1 << 30;

/// First processes that start another one, whose command line follows theirs: by `docker run --init` and its like, or of
/// images.
const INITS: [&str; 7] = ["catatonit", "docker-init", "dumb-init", "init", "podman-init", "tini", "tini-static"];

/// Where names without a slash are looked for, unless PATH says so.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A program that is WebAssembly.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Which word of the command line it is.
    pub(crate) at: usize,
    /// Where it is in the container.
    pub(crate) path: PathBuf,
    pub(crate) file: File,
}

impl Entry {
    /// The program of the process in that container, if it is WebAssembly.
    ///
    /// Fails where it is called so, and is something else.
    pub(crate) fn find(spec: &Spec, process: &Process) -> Result<Option<Self>> {
        let words = process.args.as_deref().unwrap_or_default();
        let Some(at) = program(words) else { return Ok(None) };
        let mut failure = None;
        for path in places(&words[at], process) {
            match Self::open(spec, at, path) {
                Ok(Look::Nothing) => {}
                Ok(Look::Other) => return Ok(None),
                Ok(Look::Component(entry)) => return Ok(Some(entry)),
                // There may be one further on in PATH.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(None), Err)
    }

    /// Looks at that path. Fails where what is there is called WebAssembly, and is something else.
    fn open(spec: &Spec, at: usize, path: PathBuf) -> Result<Look> {
        let is_called_so = path.extension().is_some_and(|extension| extension == "wasm");
        let mut file = match open_file(spec, &path) {
            Ok(Some(file)) => file,
            // What cannot be looked at is the runtime's affair, which has a message of its own for it.
            Ok(None) => return Ok(Look::Nothing),
            Err(_) if !is_called_so => return Ok(Look::Nothing),
            Err(error) => return Err(error),
        };
        let mut head = [0; 8];
        let length = read(&mut file, &mut head).unwrap_or_default();
        if !head.starts_with(&MAGIC) {
            let shown = path.display();
            ensure!(
                !is_called_so,
                "{shown} is no WebAssembly, which begins with \\0asm; it {}",
                begin(&head[..length])
            );
            return Ok(Look::Other);
        }
        let length = file.metadata()?.len();
        if length > LONGEST {
            let [length, longest] = [length, LONGEST].map(|bytes| bytes >> 30);
            bail!("{} is {length} GiB long; a component may have {longest} GiB at most", path.display());
        }
        Ok(Look::Component(Self { at, path, file }))
    }
}

/// What is found at a path.
enum Look {
    /// Nothing that could be a program.
    Nothing,
    /// A program of another kind.
    Other,
    Component(Entry),
}

/// Which word is the program: that after a first process that starts another one.
fn program(words: &[String]) -> Option<usize> {
    let first = Path::new(words.first()?).file_name()?.to_str()?;
    if !INITS.contains(&first) {
        return Some(0);
    }
    let end = words.iter().position(|word| word == "--").map(|end| end + 1);
    let at = end.or_else(|| words.iter().skip(1).position(|word| !word.starts_with('-')).map(|at| at + 1));
    at.filter(|at| *at < words.len())
}

/// Where the container looks for a program of that name.
fn places(name: &str, process: &Process) -> Vec<PathBuf> {
    let current = Path::new("/").join(&process.cwd);
    if name.is_empty() {
        return Vec::new();
    }
    if name.contains('/') {
        return vec![normal(&current.join(name))];
    }
    let path = process.variable("PATH").unwrap_or(PATH);
    // The current directory comes last: images of a component alone name it so.
    let directories = path.split(':').filter(|directory| directory.starts_with('/')).map(Path::new);
    directories.chain([current.as_path()]).map(|directory| normal(&directory.join(name))).collect()
}

/// Reads as much as there is.
fn read(file: &mut File, bytes: &mut [u8]) -> Result<usize> {
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// What a file begins with, as the end of a sentence.
fn begin(head: &[u8]) -> String {
    if head.is_empty() { "is empty".to_owned() } else { format!("begins with {}", head.escape_ascii()) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rustix::fs::{CWD, FileType, mknodat};
    use serde_json::json;

    use super::*;

    /// Where the program of these words is found, in a container with some.
    fn find(words: &[&str], cwd: &str, path: &str) -> Result<Option<(usize, String)>> {
        let bundle = tempfile::tempdir().unwrap();
        for (name, content) in [
            ("a.wasm", &b"\0asm\x0d\0\x01\0"[..]),
            ("bin/b", b"\0asm\x0d\0\x01\0rest"),
            ("app/c.wasm", b"\0asm"),
            ("bin/sh", b"\x7fELF"),
            ("text.wasm", b"hello"),
            ("empty.wasm", b""),
            ("short", b"\0as"),
            ("sbin/tini", b"\x7fELF"),
        ] {
            let file = bundle.path().join("rootfs").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        let root = bundle.path().join("rootfs");
        fs::create_dir_all(root.join("directory.wasm")).unwrap();
        fs::create_dir_all(root.join("sbin/c.wasm")).unwrap();
        mknodat(CWD, root.join("fifo.wasm"), FileType::Fifo, 0o600.into(), 0).unwrap();
        fs::write(root.join("huge.wasm"), b"\0asm\x0d\0\x01\0").unwrap();
        File::options().write(true).open(root.join("huge.wasm")).unwrap().set_len(1 << 40).unwrap();
        let config = json!({
            "process": {"args": words, "cwd": cwd, "env": [format!("PATH={path}")]},
            "root": {"path": "rootfs"}
        });
        fs::write(bundle.path().join("config.json"), config.to_string()).unwrap();
        let spec = Spec::read(bundle.path()).unwrap();
        let found = Entry::find(&spec, &spec.process)?;
        Ok(found.map(|entry| (entry.at, entry.path.to_str().unwrap().to_owned())))
    }

    #[test]
    fn programs_are_found_where_the_container_finds_them() {
        for (words, cwd, expected) in [
            (&["/a.wasm"][..], "/", Some((0, "/a.wasm"))),
            (&["/a.wasm", "--", "/b"], "/", Some((0, "/a.wasm"))),
            (&["./a.wasm"], "/", Some((0, "/a.wasm"))),
            (&["../a.wasm"], "/app", Some((0, "/a.wasm"))),
            (&["./c.wasm"], "/app", Some((0, "/app/c.wasm"))),
            (&["b", "x"], "/", Some((0, "/bin/b"))),
            (&["c.wasm"], "/app", Some((0, "/app/c.wasm"))),
            (&["a.wasm"], "/app", None),
            (&["/sbin/docker-init", "--", "/a.wasm", "x"], "/", Some((2, "/a.wasm"))),
            (&["/dev/init", "--", "b"], "/", Some((2, "/bin/b"))),
            (&["/sbin/tini", "-g", "/a.wasm"], "/", Some((2, "/a.wasm"))),
            (&["/sbin/tini", "-g", "--", "/bin/sh"], "/", None),
            (&["/sbin/tini", "--"], "/", None),
            (&["/sbin/tini"], "/", None),
            (&["/bin/sh", "-c", "/a.wasm"], "/", None),
            (&["/short"], "/", None),
            (&["/none.wasm"], "/", None),
            (&["/"], "/", None),
            (&[""], "/", None),
            (&[], "/", None),
        ] {
            let found = find(words, cwd, "relative:/none:/bin").unwrap();
            assert_eq!(found, expected.map(|(at, path)| (at, path.to_owned())), "{words:?} in {cwd}");
        }
    }

    #[test]
    fn what_is_called_webassembly_and_is_none_is_told() {
        for (name, told) in [
            ("/text.wasm", "it begins with hello"),
            ("/empty.wasm", "it is empty"),
            ("/directory.wasm", "is a directory"),
            ("/fifo.wasm", "is a FIFO"),
            ("/huge.wasm", "is 1024 GiB long"),
        ] {
            let error = find(&[name], "/", "/bin").unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(told), "{error}");
        }
        // A directory in PATH hides no program.
        let found = find(&["c.wasm"], "/app", "/sbin:/app").unwrap();
        assert_eq!(found, Some((0, "/app/c.wasm".to_owned())));
    }
}
