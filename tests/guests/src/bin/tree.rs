//! Directories in which there is more than files and directories. Arguments: what to do, and the directory.

use std::fs::{self, File};
use std::io::{self, ErrorKind};

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().context("what to do")?;
    let directory = arguments.next().context("a directory")?;
    match what.as_str() {
        "look" => look(&directory)?,
        "remove" => fs::remove_dir_all(&directory)?,
        other => bail!("cannot do {other}"),
    }
    Ok(())
}

/// Prints of each entry its name, whether it is a directory, a file or a link, by its entry and by itself, and what opening it
/// as a directory ends with.
fn look(directory: &str) -> Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (kind, path) = (entry.file_type()?, entry.path());
        let itself = fs::symlink_metadata(&path)?.file_type();
        let told = |kind: fs::FileType| [kind.is_dir(), kind.is_file(), kind.is_symlink()].map(u8::from);
        let opened = fs::read_dir(path).map(drop).map_err(|error| error.kind());
        println!("{} {:?} {:?} {opened:?}", entry.file_name().display(), told(kind), told(itself));
    }
    let error = File::open(format!("{directory}/socket")).err().map_or(ErrorKind::Other, |error| error.kind());
    println!("{}", error == ErrorKind::NotFound);
    Ok(())
}
