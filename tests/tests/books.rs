//! What the README, the book and the other pages name exists: files, links, tasks, options, and commits of the history.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use berkeley_tests::{berkeley, root, run, skipped};

/// Pages for readers, from the workspace's root.
const PAGES: [&str; 4] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"];
const BOOK: &str = "docs/src";

/// Endings of what is a file wherever it is named.
const FILES: [&str; 6] = [".rs", ".wit", ".md", ".toml", ".txt", ".py"];
/// What a name begins with that is no file of the workspace's: a guest's own, what is built, another machine's.
const ELSEWHERE: [&str; 4] = ["src/", "target/", "/", "~"];

struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    /// The text without its blocks of code.
    fn prose(&self) -> String {
        self.text.split("```").step_by(2).collect()
    }

    /// What stands in backquotes in the prose.
    fn quoted(&self) -> Vec<String> {
        self.prose().split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// The commands of the console's blocks, without comments, word by word.
    fn commands(&self) -> Vec<Vec<String>> {
        let blocks = self.text.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
        let lines = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ "));
        lines
            .map(|line| line.split(" #").next().unwrap_or_default())
            .map(|line| line.split_whitespace().map(str::to_owned).collect())
            .collect()
    }
}

fn pages() -> Vec<Page> {
    let book = fs::read_dir(root().join(BOOK)).expect("the book").map(|entry| entry.expect("an entry").path());
    // Beside them there may be pictures.
    let book = book.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    PAGES.iter().map(|page| root().join(page)).chain(book).map(Page::read).collect()
}

/// The first words of the text, as long as they look like a name.
fn name(text: &str) -> &str {
    let length = text.find(|ch: char| !(ch.is_ascii_lowercase() || ch == '-')).unwrap_or(text.len());
    &text[..length]
}

/// Whether the text names a file or a directory of the workspace.
fn is_path(text: &str) -> bool {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || "/._-".contains(ch);
    if !text.chars().all(plain) || ELSEWHERE.iter().any(|begin| text.starts_with(begin)) {
        return false;
    }
    let first = text.split('/').next().unwrap_or_default();
    let is_file = FILES.iter().any(|end| text.ends_with(end));
    text.contains('/') && (is_file || root().join(first).is_dir())
}

#[test]
fn the_files_that_pages_name_exist() {
    for page in pages() {
        for path in page.quoted().iter().filter(|text| is_path(text)) {
            assert!(root().join(path).exists(), "{} names {path}", page.path.display());
        }
    }
}

/// The headings of a page, as links name them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let letters = |ch: char| (ch.is_alphanumeric() || ch == '-' || ch == '_').then(|| ch.to_ascii_lowercase());
    headings.map(|heading| heading.replace(' ', "-").chars().filter_map(letters).collect()).collect()
}

#[test]
fn the_links_of_pages_lead_somewhere() {
    for page in pages() {
        let (text, directory) = (page.prose(), page.path.parent().expect("a directory"));
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let includes = page.text.split("{{#include ").skip(1).filter_map(|rest| rest.split("}}").next());
        for link in links.chain(includes).filter(|link| !link.starts_with("http")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.path.clone() } else { directory.join(path) };
            assert!(target.exists(), "{} links to {link}", page.path.display());
            if !anchor.is_empty() {
                assert!(anchors(&Page::read(target).text).contains(anchor), "{} links to {link}", page.path.display());
            }
        }
    }
}

#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let summary = Page::read(root().join(BOOK).join("SUMMARY.md")).text;
    for page in pages().iter().filter(|page| page.path.starts_with(root().join(BOOK))) {
        let file = page.path.file_name().and_then(|name| name.to_str()).expect("a name");
        assert!(file == "SUMMARY.md" || summary.contains(&format!("({file})")), "{file} is not in the summary");
    }
}

/// The names of the variants of the tasks, as the command line has them.
fn tasks(source: &str) -> BTreeSet<String> {
    let (_, variants) = source.split_once("enum Task {\n").expect("the tasks");
    let (variants, _) = variants.split_once("\n}").expect("their end");
    let variants = variants.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = variants.filter(|line| line.starts_with(|ch: char| ch.is_ascii_uppercase()));
    let kebab = |line: &str| {
        let name = line.split(|ch: char| !ch.is_ascii_alphanumeric()).next().unwrap_or_default();
        let words = name.chars().flat_map(|ch| [ch.is_uppercase().then_some('-'), Some(ch.to_ascii_lowercase())]);
        words.flatten().skip(1).collect::<String>()
    };
    variants.map(kebab).collect()
}

#[test]
fn the_tasks_that_pages_name_exist() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("reads");
    let source = read("xtask/src/main.rs");
    let tasks = tasks(&source);
    let source = source + &read("xtask/src/bench.rs");
    assert!(tasks.contains("cpython-tests") && tasks.len() > 8, "{tasks:?}");
    for page in pages() {
        for task in page.text.split("cargo xtask ").skip(1).map(name).filter(|task| !task.is_empty()) {
            assert!(tasks.contains(task), "{} names `cargo xtask {task}`", page.path.display());
        }
        for command in page.commands().iter().filter(|command| command.starts_with(&["cargo".into(), "xtask".into()])) {
            let own = command.iter().take_while(|word| *word != "--");
            for option in own.filter_map(|word| word.strip_prefix("--")) {
                assert!(source.contains(&format!(" {option}: ")), "{} names --{option}", page.path.display());
            }
        }
    }
}

/// The long options in the help of a subcommand.
fn options(subcommand: &str) -> BTreeSet<String> {
    let help = run(Command::new(berkeley()).arg("help").args(subcommand.split(' ')));
    let words = help.split(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '-'));
    words.filter(|word| word.starts_with("--")).map(str::to_owned).collect()
}

#[test]
fn the_options_of_the_command_that_pages_name_exist() {
    let [run, python, conformance, cc, man, completions, inspect, compile, simulate] =
        ["run", "python", "conformance", "cc", "man", "completions", "inspect", "compile", "simulate"].map(options);
    let policy = &options("policy check") | &options("policy learn");
    for page in pages() {
        let shown = page.path.display();
        let quoted = page.quoted();
        for option in quoted.iter().filter(|text| text.starts_with("--")) {
            let option = format!("--{}", name(&option[2..]));
            assert!(
                [&run, &python, &conformance, &policy, &cc, &man, &inspect, &simulate]
                    .iter()
                    .any(|all| all.contains(&option)),
                "{shown} names {option}"
            );
        }
        for command in page.commands() {
            let Some(at) = command.iter().position(|word| Path::new(word).ends_with("berkeley")) else { continue };
            let known = match command.get(at + 1).map(String::as_str) {
                Some("run") => &run,
                Some("python") => &python,
                Some("conformance") => &conformance,
                Some("policy") => &policy,
                Some("cc") => &cc,
                Some("man") => &man,
                Some("completions") => &completions,
                Some("inspect") => &inspect,
                Some("compile") => &compile,
                Some("simulate") => &simulate,
                other => panic!("{shown} names `berkeley {other:?}`"),
            };
            // What follows the program is the program's own.
            let own = command[at + 2..].iter().take_while(|word| !word.ends_with(".wasm") && !word.ends_with(".py"));
            let own = own.filter(|word| word.starts_with("--")).filter_map(|word| word.split('=').next());
            for option in own {
                assert!(known.contains(option), "{shown} names {option} in {command:?}");
            }
        }
    }
}

/// The subjects of commits that the recipes name; where the sources are without their history, nothing tells.
#[test]
fn the_commits_that_recipes_name_are_in_the_history() {
    let git = |args: &[&str]| Command::new("git").args(args).current_dir(root()).output();
    let is_whole = git(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output.stdout == b"false\n");
    if !is_whole {
        skipped(format_args!("commits of the recipes: the sources are here without their whole history"));
        return;
    }
    let history = git(&["log", "--format=%s"]).expect("git runs");
    let subjects: BTreeSet<_> = berkeley_tests::text(&history.stdout).lines().map(str::to_owned).collect();
    let text = Page::read(root().join("CONTRIBUTING.md")).text.replace('\n', " ");
    let recipes: Vec<_> = text.split("In the history: ").skip(1).collect();
    assert!(recipes.len() >= 6, "a recipe names no commit");
    for recipe in recipes {
        let sentence = recipe.split("\".").next().expect("a sentence");
        for subject in sentence.split('"').skip(1).step_by(2) {
            assert!(subjects.contains(subject), "no commit says: {subject}");
        }
    }
}

/// Each promise of the page on security names the test that holds it.
#[test]
fn every_promise_has_its_test() {
    let page = Page::read(root().join("SECURITY.md"));
    let promises = page.text.lines().skip_while(|line| *line != "| promise | test |").skip(2);
    let promises: Vec<_> = promises.take_while(|line| line.starts_with('|')).collect();
    assert!(promises.len() >= 20, "{promises:?}");
    for promise in promises {
        let quoted: Vec<_> = promise.split('`').skip(1).step_by(2).collect();
        // A file, and those of its tests that hold the promise.
        let at =
            quoted.iter().rposition(|quoted| quoted.ends_with(".rs")).unwrap_or_else(|| panic!("no file: {promise}"));
        let (file, tests) = (quoted[at], &quoted[at + 1..]);
        let source = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(!tests.is_empty(), "no test: {promise}");
        for test in tests {
            assert!(source.contains(&format!("fn {test}(")), "{file} has no test {test}");
        }
    }
}
