use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use super::place::{Place, others};
#[cfg(target_os = "linux")]
use super::ways::unescaped;

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changes");
}

fn is_usable(path: &Path) -> bool {
    Place::at(path.to_owned()).expect("looks").directory().is_ok()
}

#[test]
fn only_a_place_is_used_that_no_other_user_can_exchange() {
    let directory = tempfile::tempdir().expect("a directory");
    let outer = directory.path().join("outer");
    let inner = outer.join("middle/inner");
    assert!(is_usable(&inner));
    assert_eq!(inner.metadata().expect("is made").mode() & 0o777, 0o700);
    for path in [&outer, &outer.join("middle"), &inner] {
        for mode in [0o775, 0o757] {
            allow(path, mode);
            assert!(!is_usable(&inner), "{} {mode:o}", path.display());
        }
        allow(path, 0o755);
        assert!(is_usable(&inner));
    }
    // As /tmp is; but not the place itself.
    allow(&outer, 0o1777);
    assert!(is_usable(&inner));
    allow(&inner, 0o1777);
    assert!(!is_usable(&inner));
    // By a link of one's own.
    allow(&inner, 0o700);
    symlink("middle", outer.join("link")).expect("links");
    assert!(is_usable(&outer.join("link/inner")));
    symlink("loop", outer.join("loop")).expect("links");
    assert!(!is_usable(&outer.join("loop/inner")));
    fs::write(outer.join("file"), "").expect("writes");
    assert!(!is_usable(&outer.join("file")));
}

#[test]
fn what_belongs_to_another_user_is_not_used() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let (home, inner) = (directory.path().join("home"), directory.path().join("home/.cache/berkeley"));
    assert!(is_usable(&inner));
    for path in [&home, &home.join(".cache"), &inner] {
        std::os::unix::fs::chown(path, Some(12345), None).expect("changes");
        assert!(!is_usable(&inner), "{}", path.display());
        std::os::unix::fs::chown(path, Some(0), None).expect("changes");
    }
    let link = directory.path().join("link");
    symlink(&home, &link).expect("links");
    assert!(is_usable(&link.join(".cache/berkeley")));
    std::os::unix::fs::lchown(&link, Some(12345), None).expect("changes");
    assert!(!is_usable(&link.join(".cache/berkeley")));
}

#[test]
fn where_another_has_taken_the_name_another_place_is_found() {
    let shared = tempfile::tempdir().expect("a directory");
    allow(shared.path(), 0o1777);
    let taken = shared.path().join("berkeley-7");
    // What others can write to is as bad as what is theirs.
    fs::create_dir(&taken).expect("makes");
    allow(&taken, 0o777);
    let squatted = shared.path().join("berkeley-7.squatted");
    fs::create_dir(&squatted).expect("makes");
    allow(&squatted, 0o777);
    let beside = || Place::beside(&taken).expect("looks").expect("a place");
    let found = beside();
    assert!(found.directory().is_ok() && found.path() != squatted && found.path() != taken, "{:?}", found.path());
    assert_eq!(found.path().metadata().expect("is there").mode() & 0o777, 0o700);
    assert_eq!(beside().path(), found.path(), "it is found again");
    assert_eq!(others(&taken), [found.path()]);
    // Where the directory itself can be exchanged, nothing in it can be trusted.
    allow(shared.path(), 0o777);
    assert!(Place::beside(&taken).expect("looks").is_none());
}

#[test]
fn a_directory_reaches_the_place_from_above_and_from_within() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("caches/berkeley");
    let place = Place::at(path.clone()).expect("a place");
    let reaches = |path: &Path| place.is_reached_from(&File::open(path).expect("opens")).expect("looks");
    fs::create_dir_all(path.join("below/further")).expect("makes");
    fs::create_dir(directory.path().join("beside")).expect("makes");
    symlink(&path, directory.path().join("link")).expect("links");
    for path in ["/".into(), directory.path().to_owned(), directory.path().join("link"), path.join("below/further")] {
        assert!(reaches(&path), "{}", path.display());
    }
    assert!(!reaches(&directory.path().join("beside")));
    // One that is not to be used might be one day.
    allow(&directory.path().join("caches"), 0o777);
    let place = Place::at(path.clone()).expect("a place");
    assert!(place.directory().is_err());
    for path in [directory.path(), &directory.path().join("caches"), &path, &path.join("below")] {
        assert!(place.is_reached_from(&File::open(path).expect("opens")).expect("looks"), "{}", path.display());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn paths_of_mounts_are_read() {
    assert_eq!(unescaped(br"/a\040b\134c\09"), Path::new(r"/a b\c\09"));
}
