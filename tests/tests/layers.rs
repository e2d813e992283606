//! That arrows between files point one way: each crate's layers are those that the head of its `lib.rs` lists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A crate's files by the modules that they are, such as `policy::rules`; the root is the empty name.
struct House {
    root: PathBuf,
    texts: BTreeMap<String, String>,
}

impl House {
    fn read(source: &str) -> Self {
        let root = berkeley_tests::root().join(source);
        let mut house = Self { root: root.clone(), texts: BTreeMap::new() };
        house.read_directory(&root);
        assert!(house.texts.len() > 5, "{source} has no files");
        house
    }

    fn read_directory(&mut self, directory: &Path) {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.read_directory(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                let name = path.strip_prefix(&self.root).expect("below").with_extension("");
                let parts: Vec<_> = name.iter().map(|part| part.to_str().expect("UTF-8")).collect();
                let name = if parts == ["lib"] { String::new() } else { parts.join("::") };
                self.texts.insert(name, code(&fs::read_to_string(&path).expect("a file")));
            }
        }
    }

    /// The files that a file uses, by what it names: `crate::…` and `super::…`.
    fn uses(&self, name: &str) -> BTreeSet<String> {
        let text = &self.texts[name];
        let mut found = BTreeSet::new();
        let segments: Vec<_> = name.split("::").filter(|part| !part.is_empty()).collect();
        for path in paths(text) {
            let mut base = Vec::new();
            let mut words = path.iter().map(String::as_str).peekable();
            match words.next() {
                Some("super") => {
                    base = segments[..segments.len().saturating_sub(1)].to_vec();
                    while words.next_if_eq(&"super").is_some() {
                        base.pop();
                    }
                }
                Some("self") => base.clone_from(&segments),
                _ => {}
            }
            let full: Vec<_> = base.into_iter().chain(words).collect();
            let longest = (1..=full.len()).rev().map(|length| full[..length].join("::"));
            // What is in no file is in the root.
            found.insert(longest.into_iter().find(|candidate| self.texts.contains_key(candidate)).unwrap_or_default());
        }
        // A face names its own parts to hand them on; that they are its parts is no use of them.
        found.remove(name);
        found
    }

    /// The layer of each module at the top, from the list in the root's documentation.
    fn layers(&self) -> BTreeMap<String, usize> {
        let root = fs::read_to_string(self.root.join("lib.rs")).expect("the root");
        let list = root.split("//! # Layers").nth(1).expect("a section on layers");
        let mut layers = BTreeMap::new();
        for line in list.lines().skip(1).take_while(|line| line.starts_with("//!") && !line.starts_with("//! # ")) {
            let Some((number, rest)) = line.trim_start_matches("//!").trim_start().split_once(". ") else { continue };
            let (Ok(number), Some((names, _))) = (number.parse::<usize>(), rest.split_once("`:")) else { continue };
            for name in names.split(", ") {
                layers.insert(name.trim_matches('`').to_owned(), number);
            }
        }
        layers
    }
}

/// The text without comments and unit tests.
fn code(text: &str) -> String {
    let own = text.split("\nmod tests {").next().unwrap_or_default();
    own.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every path that begins with `crate`, `super` or `self`, braces resolved.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(start) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|ch| ch.is_alphanumeric() || ch == '_' || ch == ':') {
                continue;
            }
            expand(&text[at..], &[], &mut all);
        }
    }
    all
}

/// Reads one path with its braces, and gives what is left of the text.
fn expand<'a>(mut text: &'a str, prefix: &[String], all: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = prefix.to_vec();
    loop {
        let length = text.find(|ch: char| !(ch.is_alphanumeric() || ch == '_')).unwrap_or(text.len());
        if length > 0 {
            path.push(text[..length].to_owned());
            text = &text[length..];
        }
        let Some(rest) = text.strip_prefix("::") else { break };
        text = rest;
        if let Some(mut inner) = text.strip_prefix('{') {
            loop {
                inner = expand(inner.trim_start(), &path, all).trim_start();
                inner = match inner.strip_prefix(',') {
                    Some(rest) => rest.trim_start(),
                    None => return inner.strip_prefix('}').unwrap_or(inner),
                };
                if let Some(rest) = inner.strip_prefix('}') {
                    return rest;
                }
            }
        }
    }
    // `path as name`
    if let Some(rest) = text.strip_prefix(" as ") {
        text = rest.trim_start_matches(|ch: char| ch.is_alphanumeric() || ch == '_');
    }
    all.push(path);
    text
}

/// A circle of files, if there is one.
fn circle(arrows: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        name: &str,
        arrows: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(at) = way.iter().position(|known| known == name) {
            return Some(way[at..].to_vec());
        }
        if !done.insert(name.to_owned()) {
            return None;
        }
        way.push(name.to_owned());
        let found = arrows[name].iter().find_map(|next| visit(next, arrows, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|name| visit(name, arrows, &mut Vec::new(), &mut done))
}

fn check(source: &str) {
    let house = House::read(source);
    let layers = house.layers();
    let top = |name: &str| name.split("::").next().unwrap_or_default().to_owned();
    let tops: BTreeSet<_> = house.texts.keys().map(|name| top(name)).filter(|name| !name.is_empty()).collect();
    assert_eq!(tops, layers.keys().cloned().collect(), "the list of layers of {source} is of other modules");
    let files = house.texts.keys().filter(|name| !name.is_empty());
    let mut arrows: BTreeMap<_, _> = files.map(|name| (name.clone(), house.uses(name))).collect();
    let mut wrong = Vec::new();
    for (from, targets) in &arrows {
        for to in targets {
            match layers.get(&top(to)) {
                None => wrong.push(format!("{from} uses something of lib.rs, which stands above all")),
                Some(layer) if *layer > layers[&top(from)] => {
                    wrong.push(format!("{from} uses {to}, which is of a later layer"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{source}:\n{}", wrong.join("\n"));
    arrows.insert(String::new(), BTreeSet::new());
    assert_eq!(circle(&arrows), None, "{source} has a circle of files");
    // It does see arrows.
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > arrows.len());
}

#[test]
fn the_files_of_the_host_point_one_way() {
    check("host/src");
}

#[test]
fn the_files_of_the_guest_crate_point_one_way() {
    check("guest/src");
}

#[test]
fn arrows_and_circles_are_found() {
    let text = "use crate::a::{self, b::C, d::{E as F, g}};\nlet x = super::super::h::i();\nmy_crate::no;";
    let found: BTreeSet<_> = paths(text).into_iter().map(|path| path.join("::")).collect();
    let expected = ["crate::a::self", "crate::a::b::C", "crate::a::d::E", "crate::a::d::g", "super::super::h::i"];
    assert_eq!(found, expected.map(str::to_owned).into());
    let arrows = |pairs: &[(&str, &[&str])]| {
        pairs.iter().map(|(from, to)| ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect())).collect()
    };
    assert_eq!(circle(&arrows(&[("a", &["b"]), ("b", &["c"]), ("c", &[])])), None);
    let round = circle(&arrows(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]));
    assert_eq!(round, Some(vec!["b".into(), "c".into()]));
}
