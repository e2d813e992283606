//! `berkeley.toml`: which guest a project runs, and what that is given.
//!
//! Its rules, and the groups that they name, are those of a policy's file, and read as such.

mod entry;

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[cfg(unix)]
use anyhow::ensure;
use anyhow::{Context as _, Result, anyhow, bail};
use serde::{Deserialize, Deserializer, de};

use crate::limit::Setting;
use crate::options::{Options, WaitingArg};
use crate::policy::Text;
use crate::record::{Format, Recording, STDERR};
use crate::socket::Spec;
use crate::timeout::Timeout;
use crate::variable::Variable;
use entry::{Entries, Scalar};

/// What it is called where it is found without being named.
pub(crate) const NAME: &str = "berkeley.toml";

/// What the reader of TOML says, and what is said instead.
const WORDS: [(&str, &str); 3] =
    [("sequence", "list in brackets"), ("path string", "the path of a file in quotes"), ("a string", "text in quotes")];

/// Its keys beside those of a policy.
const KEYS: &[&str] = &[
    "guest",
    "module",
    "arguments",
    "sites",
    "inline-threads",
    "linux",
    "dirs",
    "env",
    "sockets",
    "limits",
    "policy",
    "timeout",
    "trace",
    "trace-format",
    "pcap",
    "waiting",
];

/// The file, as it was read.
pub(crate) struct Config {
    path: PathBuf,
    keys: Keys,
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Keys {
    guest: Option<PathBuf>,
    module: Option<String>,
    arguments: Vec<String>,
    sites: Vec<PathBuf>,
    inline_threads: bool,
    linux: bool,
    dirs: Vec<String>,
    env: Entries<Variable>,
    sockets: Entries<Spec>,
    limits: Entries<Setting>,
    policy: Option<PathBuf>,
    timeout: Option<Parsed<Timeout>>,
    trace: Option<Trace>,
    #[serde(deserialize_with = "chosen")]
    trace_format: Option<Format>,
    pcap: Option<PathBuf>,
    #[serde(deserialize_with = "chosen")]
    waiting: Option<WaitingArg>,
}

/// What it says of a Python program alone.
pub(crate) struct Python {
    /// The module that is run in the place of a script.
    pub(crate) module: Option<String>,
    pub(crate) sites: Vec<PathBuf>,
    pub(crate) inline_threads: bool,
    pub(crate) linux: bool,
}

impl Config {
    /// The file of that name; without one, that in the current directory, if no guest is named: one that lies about where a
    /// guest is named gives it nothing. `usage` is how a guest is named.
    pub(crate) fn find(path: Option<&Path>, is_named: bool, usage: &str) -> Result<Option<Self>> {
        match path {
            Some(path) => Self::read(path).map(Some),
            None if is_named => Ok(None),
            None => Self::here(usage).map(Some),
        }
    }

    /// The file of that name.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::new(path, file)
    }

    /// The one in the current directory.
    ///
    /// It is only asked for where no guest is named. It says what runs with whose rights, so it must be this user's or
    /// root's: whoever else has put it there has it run by name alone.
    fn here(usage: &str) -> Result<Self> {
        let path = Path::new(NAME);
        // Of a link to another user's file, or another's link to this one's, neither is taken.
        let found = match path.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                bail!("no guest is named: write `{usage}`, or name it in a file {NAME}; --help tells more")
            }
            found => found.with_context(|| format!("cannot read {NAME}"))?,
        };
        trust(&found)?;
        // A pipe would be waited for.
        if path.metadata().is_ok_and(|found| !found.is_file()) {
            bail!("{NAME} is no file");
        }
        let file = File::open(path).with_context(|| format!("cannot read {NAME}"))?;
        trust(&file.metadata()?)?;
        Self::new(path, file)
    }

    fn new(path: &Path, file: File) -> Result<Self> {
        let name = path.display();
        let text = crate::policy::text(file).with_context(|| format!("cannot read {name}"))?;
        // This tells of every key that there is not.
        let rules = Text { path: path.to_owned(), text: text.clone(), others: KEYS };
        rules.add_to(Default::default())?;
        let keys = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let before = text.get(..error.span().unwrap_or_default().start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let message = WORDS.iter().fold(error.message().to_owned(), |text, (this, that)| text.replace(this, that));
            anyhow!("{name}:{line}:{column}: {message}")
        })?;
        Ok(Self { path: path.to_owned(), keys, text })
    }

    /// The directory from which its relative paths are seen: that which it is in.
    pub(crate) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The guest, a file such as `example`.
    pub(crate) fn guest(&self, example: &str) -> Result<PathBuf> {
        let name = self.path.display();
        let guest = self.keys.guest.as_ref().filter(|guest| !guest.as_os_str().is_empty());
        let guest = match (guest, &self.keys.module) {
            (Some(guest), _) => guest,
            (None, Some(module)) => bail!("{name} names the Python module {module}, which `berkeley python` runs"),
            (None, None) => bail!("{name} names no guest: write guest = \"{example}\""),
        };
        Ok(self.directory().join(guest))
    }

    /// The guest's arguments.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = OsString> {
        self.keys.arguments.iter().map(OsString::from)
    }

    /// What it says of a Python program.
    pub(crate) fn python(&self) -> Python {
        Python {
            module: self.keys.module.clone(),
            sites: self.keys.sites.iter().map(|site| self.directory().join(site)).collect(),
            inline_threads: self.keys.inline_threads,
            linux: self.keys.linux,
        }
    }

    /// What it gives the guest.
    pub(crate) fn options(self) -> Options {
        let directory = self.directory().to_owned();
        let Self { path, keys, text } = self;
        let seen = |path: PathBuf| directory.join(path);
        let directories = keys.dirs.iter().map(|text| directory_seen_from(&directory, text)).collect();
        let trace = keys.trace.map(|trace| match trace {
            Trace::Stderr => STDERR.into(),
            Trace::File(path) => seen(path),
        });
        Options {
            directories,
            variables: keys.env.0,
            sockets: keys.sockets.0.into_iter().map(|spec| spec.seen_from(&directory)).collect(),
            limits: keys.limits.0,
            waiting: keys.waiting,
            timeout: keys.timeout.map(|Parsed(timeout)| timeout),
            recording: Recording::new(trace, keys.trace_format, keys.pcap.map(seen)),
            ..Options::under(Text { path, text, others: KEYS }, keys.policy.map(seen))
        }
    }
}

/// Refuses a file that is another user's, but for root's, or that any user can write to.
#[cfg(unix)]
fn trust(found: &Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let is_ours = [rustix::process::geteuid().as_raw(), 0].contains(&found.uid());
    // What is said of a link's own permissions holds for nothing.
    let is_open = found.mode() & 0o002 != 0 && !found.is_symlink();
    ensure!(
        is_ours && !is_open,
        "{NAME} is another user's, or any user can write to it; if you trust it, say --config {NAME}"
    );
    Ok(())
}

#[cfg(not(unix))]
fn trust(_: &Metadata) -> Result<()> {
    Ok(())
}

/// `HOST[::GUEST]`, where HOST is seen from the directory and the guest's name stays as it is.
fn directory_seen_from(directory: &Path, text: &str) -> String {
    let (host, guest) = text.split_once("::").unwrap_or((text, text));
    format!("{}::{guest}", directory.join(host).display())
}

/// Where a trace goes: `true` is stderr.
enum Trace {
    Stderr,
    File(PathBuf),
}

impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Scalar::deserialize(deserializer)? {
            Scalar::Truth(true) => Ok(Self::Stderr),
            Scalar::Text(path) => Ok(Self::File(path.into())),
            _ => Err(de::Error::custom("`trace` is true, for stderr, or a file's name in quotes")),
        }
    }
}

/// What is written as on the command line.
struct Parsed<T>(T);

impl<'de, T: FromStr<Err: std::fmt::Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Scalar::deserialize(deserializer)?.to_string();
        text.parse().map(Self).map_err(de::Error::custom)
    }
}

/// One of the values that an option has.
fn chosen<'de, D: Deserializer<'de>, T: clap::ValueEnum>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let names =
        || T::value_variants().iter().filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()));
    let unknown = |_| de::Error::custom(format!("`{text}` is none of {}", names().collect::<Vec<_>>().join(", ")));
    T::from_str(&text, false).map(Some).map_err(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("writes");
        Config::new(Path::new("p/berkeley.toml"), File::open(file.path()).expect("opens"))
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, told) in [
            (
                "gest = 'a'",
                "p/berkeley.toml:1:1: there is no key `gest`; is `guest` meant? There are guest, module, arguments,",
            ),
            ("dir = []", "1:1: there is no key `dir`; is `dirs` meant?"),
            ("guest = 1", "p/berkeley.toml:1:9: invalid type: integer `1`, expected the path of a file in quotes"),
            ("arguments = [1]", "1:14: invalid type: integer `1`, expected text in quotes"),
            ("arguments = 'a'", "1:13: invalid type: string \"a\", expected a list in brackets"),
            ("env = ['A=1']", "1:7: invalid type: list in brackets, expected a table: lines"),
            ("guest = 'a'\nallow = ['conect']", "2:10: cannot understand the rule `conect`"),
            ("\ntimeout = 'soon'", "2:11: "),
            ("[limits]\nsockets = 1\nsocket = 2", "3:10: there is no limit `socket`"),
            ("[sockets]\nhttp = 'tcp-lisen:a:1'", "2:8: write KIND:ADDRESS"),
            ("[sockets]\n'' = 'udp:a:1'", "a socket needs a name"),
            ("[env]\nA = 1\nB = false", "3:5: "),
            ("waiting = 'inlin'", "1:11: `inlin` is none of inline, yield"),
            ("trace = false", "1:9: `trace` is true"),
            ("guest = ", "p/berkeley.toml:1:"),
            ("guest = 'a'\nguest = 'b'", "p/berkeley.toml:2:1: "),
        ] {
            let error = format!("{:#}", read(text).err().expect(text));
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    #[test]
    fn paths_are_seen_from_its_directory() {
        let config = read("guest = 'a.wasm'\ndirs = ['data::/data', 'x', '/y']\npcap = 'c'").expect("a configuration");
        assert_eq!(config.guest("A.WASM").expect("a guest"), Path::new("p/a.wasm"));
        assert_eq!(config.options().directories, ["p/data::/data", "p/x::x", "/y::/y"]);
        for nothing in ["", "guest = ''"] {
            assert!(read(nothing).expect("nothing").guest("A.WASM").is_err());
        }
    }
}
