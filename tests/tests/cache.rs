//! The compiled code that is kept for the next start: nobody else, and no guest, may have written it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use berkeley_tests::{berkeley, guest, skipped, text};
use tempfile::TempDir;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Runs a small guest, whose code is kept in that directory.
fn run(cache: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(berkeley());
    command.arg("run").args(options).arg(guest("demo").program()).env("BERKELEY_CACHE_HOME", cache);
    command.output().expect("it starts")
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    fs::read_dir(cache).map(|all| all.map(|entry| entry.expect("an entry").path()).collect()).unwrap_or_default()
}

/// How the guest ended, without what it says of itself.
fn outcome(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), text(&output.stdout))
}

#[test]
fn code_of_small_components_is_kept_and_taken() {
    let directory = directory();
    let cache = directory.path().join("code");
    let first = outcome(&run(&cache, &[]));
    let kept = entries(&cache);
    assert_eq!(kept.len(), 1, "{kept:?}");
    let before = fs::metadata(&kept[0]).expect("is there").modified().expect("a time");
    assert_eq!(outcome(&run(&cache, &[])), first);
    assert_eq!(entries(&cache), kept);
    assert_eq!(fs::metadata(&kept[0]).expect("is there").modified().expect("a time"), before);
}

#[test]
fn code_that_others_could_have_written_is_not_taken() {
    let directory = directory();
    let cache = directory.path().join("code");
    let expected = outcome(&run(&cache, &[]));
    let kept = entries(&cache).remove(0);
    // What would end it in another way if it were run: the code of another component.
    let other = directory.path().join("other");
    let mut command = Command::new(berkeley());
    command.arg("run").arg(guest("pair").program()).env("BERKELEY_CACHE_HOME", &other);
    let of_other = outcome(&command.output().expect("it starts"));
    assert_ne!(of_other, expected);
    let planted = entries(&other).remove(0);
    let plant = || fs::write(&kept, fs::read(&planted).expect("reads")).expect("writes");
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changes");
    // As trusted it would be run, so that the test tests something.
    plant();
    assert_eq!(outcome(&run(&cache, &[])), of_other);

    for (path, mode) in [(&kept, 0o666), (&cache, 0o777), (&directory.path().to_owned(), 0o777)] {
        plant();
        let before = fs::metadata(path).expect("is there").permissions().mode();
        allow(path, mode);
        assert_eq!(outcome(&run(&cache, &[])), expected, "{} {mode:o}", path.display());
        if kept.exists() {
            allow(path, before);
        }
    }
    plant();
    fs::hard_link(&kept, directory.path().join("second")).expect("links");
    assert_eq!(outcome(&run(&cache, &[])), expected);
}

#[test]
fn a_home_of_another_user_has_no_part_in_it() {
    let home = directory();
    let mut command = Command::new(berkeley());
    command.arg("run").arg(guest("demo").program()).env("HOME", home.path()).env_remove("BERKELEY_CACHE_HOME");
    command.env("XDG_CACHE_HOME", home.path().join("caches")).output().expect("it starts");
    assert_eq!(entries(home.path()), [""; 0].map(PathBuf::from));
}

#[test]
fn no_guest_is_given_a_directory_from_which_it_reaches_the_code() {
    let directory = directory();
    let (outer, cache) = (directory.path().join("outer"), directory.path().join("outer/code"));
    fs::create_dir(&outer).expect("makes");
    let below = cache.join("below");
    let link = directory.path().join("link");
    let beside = outer.join("beside");
    fs::create_dir(&beside).expect("makes");
    assert!(run(&cache, &[]).status.code().is_some());
    fs::create_dir(&below).expect("makes");
    symlink(&outer, &link).expect("links");
    for granted in [Path::new("/"), directory.path(), &outer, &cache, &below, &link] {
        let output = run(&cache, &["--dir", &format!("{}::/given", path(granted))]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("where compiled code is kept") && told.contains("BERKELEY_CACHE_HOME"), "{told}");
    }
    let free = outcome(&run(&cache, &[]));
    assert_eq!(outcome(&run(&cache, &["--dir", &format!("{}::/given", path(&beside))])), free);
}

#[test]
fn no_guest_reaches_the_code_by_a_mount() {
    let directory = directory();
    let (outer, cache) = (directory.path().join("outer"), directory.path().join("outer/code"));
    let mount = directory.path().join("given/mount");
    fs::create_dir_all(&outer).expect("makes");
    fs::create_dir_all(&mount).expect("makes");
    let script = "mount --bind \"$1\" \"$2\" || exit 77; shift 2; exec \"$@\"";
    let mounted = |granted: &Path| {
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", script, "sh"]).args([&outer, &mount]).arg(berkeley());
        command.args(["run", "--dir", &format!("{}::/given", path(granted))]).arg(guest("demo").program());
        command.env("BERKELEY_CACHE_HOME", &cache).output()
    };
    for granted in [&mount, &directory.path().join("given")] {
        match mounted(granted) {
            Ok(output) if output.status.code() == Some(1) && text(&output.stderr).contains("compiled code is kept") => {
            }
            Ok(output) if !text(&output.stderr).contains("berkeley:") => {
                return skipped(format_args!("nothing can be mounted here: {}", text(&output.stderr)));
            }
            Ok(output) => panic!("{}: {}", path(granted), text(&output.stderr)),
            Err(error) => return skipped(format_args!("cannot start unshare: {error}")),
        }
    }
}
