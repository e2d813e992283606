//! What is wrong with a scenario: where, and what was expected.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use wasmtime::Error;

use super::value::Time;

/// The text of the file, in which mistakes have their place.
#[derive(Debug)]
pub(super) struct Mistakes {
    path: PathBuf,
    text: String,
}

/// How alike two names are at least of which the one may be meant by the other.
const ALIKE: f64 = 0.7;

/// What the reader of TOML says, and what is said instead.
const WORDS: [(&str, &str); 11] = [
    ("sequence", "list in brackets"),
    ("map", "table"),
    ("missing field", "there must be the key"),
    (" as i128", ""),
    ("path string", "the path of a file in quotes"),
    ("u64", "a whole number, not less than 0"),
    ("u32", "a whole number, not less than 0"),
    ("i32", "a whole number"),
    ("f64", "a number"),
    ("a string", "text in quotes"),
    ("an array of length 2", "two"),
];

impl Mistakes {
    pub(super) fn new(path: &Path, text: String) -> Self {
        Self { path: path.to_owned(), text }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The mistake at that place.
    pub(super) fn at(&self, span: &Range<usize>, told: impl AsRef<str>) -> Error {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Error::msg(format!("{}:{line}:{column}: {}", self.path.display(), told.as_ref()))
    }

    /// A name that there is not, of those that there are.
    pub(super) fn unknown(&self, span: &Range<usize>, what: &str, name: &str, known: &[&str]) -> Error {
        let alike = known.iter().map(|one| (strsim::jaro_winkler(one, name), *one));
        let nearest = alike.max_by(|one, other| one.0.total_cmp(&other.0)).filter(|(alike, _)| *alike >= ALIKE);
        let meant = nearest.map_or(String::new(), |(_, nearest)| format!("; is `{nearest}` meant?"));
        let all = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let end = if meant.is_empty() { ";" } else { "" };
        self.at(span, format!("there is no {what} `{name}`{meant}{end} There are {all}").replace("; There", "; there"))
    }

    /// A moment, unless the run is over before it.
    pub(super) fn before(&self, limit: Duration, moment: &Spanned<Time>) -> Result<Duration, Error> {
        let at = moment.get_ref().0;
        if at <= limit {
            return Ok(at);
        }
        let told = format!("the run is over before this: its limit is {}", humantime::format_duration(limit));
        Err(self.at(&moment.span(), told))
    }

    /// What the reader of TOML says.
    pub(super) fn of_toml(&self, error: &toml::de::Error) -> Error {
        let span = error.span().unwrap_or_default();
        let message = WORDS.iter().fold(error.message().to_owned(), |text, (this, that)| text.replace(this, that));
        // It is told as `unknown field `a`, expected one of `b`, `c``.
        if let Some(rest) = message.strip_prefix("unknown field ") {
            let words: Vec<_> = rest.split('`').skip(1).step_by(2).collect();
            if let [name, known @ ..] = &words[..] {
                return self.unknown(&span, "key", name, known);
            }
        }
        self.at(&span, message.trim())
    }
}
