//! Directories with sockets, pipes and devices in them, as guests see and remove them.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use berkeley_tests::{WAITING, berkeley, guest, python, run, skipped, text};
use tempfile::TempDir;

/// A directory in which `tree` has one of each kind, in two depths, and `kept` a file that a link in it leads to.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    fs::create_dir(at.join("kept")).expect("a directory");
    fs::write(at.join("kept/file"), "kept").expect("writes");
    for tree in [at.join("tree"), at.join("tree/below")] {
        fill(&tree).expect("it can be made");
    }
    directory
}

fn fill(tree: &Path) -> io::Result<()> {
    fs::create_dir(tree)?;
    // Its file stays behind, as that of a server that was killed.
    drop(UnixListener::bind(tree.join("socket"))?);
    fs::write(tree.join("file"), "data")?;
    symlink("../kept", tree.join("link"))?;
    symlink("nowhere", tree.join("broken"))?;
    run(Command::new("mkfifo").arg(tree.join("pipe")));
    if !Command::new("mknod").arg(tree.join("device")).args(["c", "1", "3"]).stderr(Stdio::null()).status()?.success() {
        skipped(format_args!("a device: only the superuser makes one"));
    }
    Ok(())
}

fn mapped(directory: &TempDir) -> String {
    format!("{}::/at", directory.path().display())
}

/// Checks that the tree is gone, and nothing else.
#[track_caller]
fn is_removed(directory: &TempDir) {
    assert!(!directory.path().join("tree").exists());
    assert_eq!(fs::read_to_string(directory.path().join("kept/file")).expect("it is kept"), "kept");
}

#[test]
fn a_tree_is_removed_whatever_is_in_it() {
    for waiting in WAITING {
        let directory = directory();
        let output = guest("tree").option("--dir", mapped(&directory)).arg("remove").arg("/at/tree").output(waiting);
        assert!(output.status.success(), "{waiting}: {}", text(&output.stderr));
        is_removed(&directory);
    }
}

#[test]
fn what_is_no_directory_is_not_opened_as_one() {
    let directory = directory();
    let told = guest("tree").option("--dir", mapped(&directory)).arg("look").arg("/at/tree").succeeds();
    let neither = "[0, 0, 0] [0, 0, 0] Err(NotADirectory)";
    for name in ["socket", "pipe"] {
        assert!(told.contains(&format!("{name} {neither}\n")), "{told}");
    }
    assert!(told.contains("below [1, 0, 0] [1, 0, 0] Ok(())\n"), "{told}");
    assert!(told.contains("file [0, 1, 0] [0, 1, 0] Err(NotADirectory)\n"), "{told}");
    assert!(told.contains("link [0, 0, 1] [0, 0, 1]"), "{told}");
}

/// Tests whose guests only link with the target as Rust releases it.
mod released_target {
    use super::*;
    use berkeley_tests::component;

    #[test]
    fn a_guest_of_wasi_0_3_tells_and_removes_them() {
        for waiting in WAITING {
            let directory = tempfile::tempdir().expect("a directory");
            drop(UnixListener::bind(directory.path().join("socket")).expect("it binds"));
            run(Command::new("mkfifo").arg(directory.path().join("pipe")));
            let output = component("p3_files").option("--dir", mapped(&directory)).output(waiting);
            assert_eq!(text(&output.stdout), "files in WASI 0.3\n", "{waiting}: {}", text(&output.stderr));
            assert_eq!(fs::read_dir(&directory).expect("a directory").count(), 0);
        }
    }
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    /// What CPython tells of the kinds, and removes.
    const PROGRAM: &str = "
import errno, os, pathlib, shutil, stat, sys
at = sys.argv[1]
for entry in sorted(os.scandir(at + '/tree'), key=lambda entry: entry.name):
    mode = os.lstat(entry.path).st_mode
    print(entry.name, entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False), entry.is_symlink())
    # wasi-libc has one number for pipes and sockets.
    print(stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode), stat.S_ISCHR(mode))
path = pathlib.Path(at, 'tree')
socket, pipe = path / 'socket', path / 'pipe'
print(socket.is_socket(), (path / 'below/socket').is_socket(), (path / 'file').is_socket())
for what, on in (open, socket), (os.listdir, socket), (os.listdir, pipe), (os.rmdir, socket):
    try: what(on)
    except OSError as e: print(errno.errorcode[e.errno])
for one in 'socket', 'pipe', 'file', 'below':
    os.utime(path / one, (5, 7))
    print(one, os.lstat(path / one).st_mtime)
os.remove(path / 'below/socket')
shutil.rmtree(path)
print(sorted(os.listdir(at)))
";

    #[test]
    fn they_are_told_and_removed_as_cpython_does_it() {
        let native = directory();
        let expected = run(python(PROGRAM).arg(native.path()));
        is_removed(&native);
        let guests = directory();
        let mut command = Command::new(berkeley());
        command.args(["python", "--dir", &mapped(&guests), "-c", PROGRAM, "/at"]);
        assert_eq!(run(&mut command), expected);
        is_removed(&guests);
    }
}
