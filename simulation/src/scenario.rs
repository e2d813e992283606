//! Scenarios: a simulation as a file of TOML.

mod entry;
mod event;
mod mistake;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use berkeley_host::policy::Rules;
use regex::Regex;
use toml::Spanned;
use wasmtime::{Error, Result};

use crate::check::Check;
use crate::host::Host;
use crate::random::{Kind, Random};
use crate::simulation::{Link, Simulation};
use entry::{CheckEntry, File, HostEntry, RandomEntry};
use event::Names;
use mistake::Mistakes;

/// A program in Python, as a scenario names it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Python {
    /// The script.
    pub script: PathBuf,
    /// Directories that it imports from, beside its own.
    pub sites: Vec<PathBuf>,
    /// Whether it finds Linux where it asks for the system.
    pub linux: bool,
    /// Whether its threads run while another one waits.
    pub inline_threads: bool,
}

/// Where the programs come from that a scenario names.
pub trait Programs {
    /// A host of that name that runs the component of the file.
    fn component(&mut self, name: &str, path: &Path) -> Result<Host>;

    /// A host of that name that runs the Python program.
    fn python(&mut self, name: &str, python: &Python) -> Result<Host>;
}

/// A scenario.
///
/// The chapter on simulation in the book has its keys.
#[derive(Debug)]
pub struct Scenario {
    mistakes: Mistakes,
    directory: PathBuf,
    file: File,
}

impl Scenario {
    /// Reads the file. An error says where in the file it is, and what was expected there.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::msg(format!("cannot read {}: {error}", path.display())))?;
        Self::parse(path, text)
    }

    /// The scenario that is that text; relative paths are seen from the directory of the file that it is said to be.
    pub fn parse(path: &Path, text: String) -> Result<Self> {
        let mistakes = Mistakes::new(path, text);
        let file = toml::from_str(mistakes.text()).map_err(|error| mistakes.of_toml(&error))?;
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { mistakes, directory, file })
    }

    /// The simulation that it describes. An error says where in the file it is.
    pub fn simulation(&self, programs: &mut dyn Programs) -> Result<Simulation> {
        let file = &self.file;
        let mut builder = Simulation::builder().seed(file.seed.unwrap_or_default());
        if let Some(limit) = &file.limit {
            builder = builder.limit(limit.0);
        }
        if let Some(patience) = &file.computing {
            builder = builder.patience(patience.0);
        }
        if let Some(fuel) = &file.fuel {
            let nanoseconds = *fuel.get_ref();
            if !(nanoseconds.is_finite() && nanoseconds >= 0.0) {
                return Err(self.mistakes.at(&fuel.span(), "fuel is a number of nanoseconds, not less than 0"));
            }
            builder = builder.fuel(nanoseconds);
        }
        if let Some(date) = &file.date {
            builder = builder.date(self.date(date)?);
        }
        if file.hosts.is_empty() {
            return Err(self.mistakes.at(&(0..0), "there is no host: write [hosts.NAME] and program = \"GUEST.WASM\""));
        }
        let names =
            Names::new(&self.mistakes, file.hosts.iter().map(|(name, host)| (name.as_str(), members(name, host))));
        for (name, entry) in &file.hosts {
            for (number, member) in members(name, entry).into_iter().enumerate() {
                builder = builder.with(self.host(entry, &member, number, programs)?);
            }
        }
        let mut simulation = builder.build()?;
        for link in &file.links {
            let change = self.change(link)?;
            for between in names.pairs(link.between.as_ref())? {
                simulation.links.push(Link { between, change: change.clone() });
            }
        }
        for event in &file.events {
            simulation.faults.extend(names.faults(event, &|link| self.change(link))?);
        }
        for random in &file.random {
            simulation.random.push(self.random(random, &names, simulation.limit)?);
        }
        for check in &file.checks {
            simulation.checks.extend(self.checks(check, &names)?);
        }
        Ok(simulation)
    }

    fn date(&self, date: &Spanned<String>) -> Result<Duration> {
        let time = humantime::parse_rfc3339_weak(date.get_ref());
        let since = time.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        since.ok_or_else(|| {
            let told = format!("`{}` is no date such as 2026-01-01T00:00:00Z", date.get_ref());
            self.mistakes.at(&date.span(), told)
        })
    }

    fn host(&self, entry: &Spanned<HostEntry>, name: &str, number: usize, programs: &mut dyn Programs) -> Result<Host> {
        let fill = |text: &str| text.replace("{name}", name).replace("{number}", &(number + 1).to_string());
        let at = |span: std::ops::Range<usize>| move |error: Error| self.mistakes.at(&span, format!("{error:#}"));
        let (span, entry) = (entry.span(), entry.get_ref());
        let mut host = match (&entry.program, &entry.python) {
            (Some(path), None) => {
                programs.component(name, &self.directory.join(path.get_ref())).map_err(at(path.span()))?
            }
            (None, Some(script)) => {
                let python = Python {
                    script: self.directory.join(script.get_ref()),
                    sites: entry.sites.iter().map(|site| self.directory.join(site)).collect(),
                    linux: entry.linux,
                    inline_threads: entry.inline_threads,
                };
                programs.python(name, &python).map_err(at(script.span()))?
            }
            _ => {
                let told = "a host has one of the keys `program`, a component, and `python`, a script";
                return Err(self.mistakes.at(&span, told));
            }
        };
        for argument in &entry.args {
            host = host.arg(fill(argument));
        }
        for (name, value) in &entry.env {
            host = host.variable(name, fill(value));
        }
        for (path, content) in &entry.files {
            host = match content.get_ref() {
                entry::Content::Text { text } => host.file(path, fill(text)),
                entry::Content::From(from) => {
                    let from_here = self.directory.join(from);
                    if !from_here.exists() {
                        let told = format!("there is no file {}", from_here.display());
                        return Err(self.mistakes.at(&content.span(), told));
                    }
                    host.copy(from_here, path)
                }
            };
        }
        if let Some(allow) = &entry.allow {
            let filled: Vec<_> = allow.get_ref().iter().map(|rule| fill(rule)).collect();
            let rules = Rules::parse(filled.iter().map(String::as_str))
                .map_err(|error| self.mistakes.at(&allow.span(), error.to_string()))?;
            host = host.rules(rules);
        }
        for address in &entry.addresses {
            let parsed = address.get_ref().parse().map_err(|_| {
                let told = format!("`{}` is no address such as 10.0.0.1 or fd00::1", address.get_ref());
                self.mistakes.at(&address.span(), told)
            })?;
            host = host.address(parsed);
        }
        if let Some(start) = &entry.start {
            host = host.starts_at(start.0);
        }
        Ok(if entry.serves { host.serves() } else { host })
    }

    fn change(&self, link: &entry::LinkEntry) -> Result<crate::link::Change> {
        for part in [&link.loss, &link.duplicates, &link.reordered].into_iter().flatten() {
            if !(0.0..=1.0).contains(part.get_ref()) {
                return Err(self.mistakes.at(&part.span(), "this is a part of all: a number between 0 and 1"));
            }
        }
        Ok(crate::link::Change {
            latency: link.latency.as_ref().map(|time| time.0),
            jitter: link.jitter.as_ref().map(|time| time.0),
            loss: link.loss.as_ref().map(|part| *part.get_ref()),
            duplicates: link.duplicates.as_ref().map(|part| *part.get_ref()),
            reordered: link.reordered.as_ref().map(|part| *part.get_ref()),
            bandwidth: link.bandwidth.as_ref().map(|size| size.0),
            queue: link.queue.as_ref().map(|size| size.0),
        })
    }

    fn random(&self, entry: &RandomEntry, names: &Names<'_>, limit: Duration) -> Result<Random> {
        let kinds = entry.faults.iter().map(|name| {
            let found = Kind::ALL.iter().find(|(known, _)| known == name.get_ref());
            found.map(|(_, kind)| *kind).ok_or_else(|| {
                let all: Vec<_> = Kind::ALL.iter().map(|(name, _)| *name).collect();
                self.mistakes.unknown(&name.span(), "fault", name.get_ref(), &all)
            })
        });
        let kinds: Vec<_> = kinds.collect::<Result<_>>()?;
        let from = entry.from.as_ref().map_or(Duration::ZERO, |time| time.0);
        let until = entry.until.as_ref().map_or(limit, |time| time.0);
        let mut random = Random::new(kinds, from..until);
        if let Some(every) = &entry.every {
            random = random.every(every.0);
        }
        if let Some(lasts) = &entry.lasts {
            random = random.lasting(lasts.0);
        }
        for name in &entry.hosts {
            for host in names.hosts(name)? {
                random = random.host(host);
            }
        }
        Ok(random)
    }

    fn checks(&self, entry: &Spanned<CheckEntry>, names: &Names<'_>) -> Result<Vec<Check>> {
        let (span, entry) = (entry.span(), entry.get_ref());
        let pattern = |text: &Spanned<String>| {
            Regex::new(text.get_ref()).map_err(|error| self.mistakes.at(&text.span(), error.to_string()))
        };
        let hosts = entry.host.as_ref().map(|host| names.hosts(host)).transpose()?;
        let named = || {
            hosts
                .clone()
                .ok_or_else(|| self.mistakes.at(&span, "this check is about a host: the key `host` is missing"))
        };
        let time = |time: &Option<value::Time>| time.as_ref().map(|time| time.0);
        match (&entry.exits, &entry.prints, &entry.never, &entry.agree) {
            (Some(code), None, None, None) => {
                Ok(named()?.into_iter().map(|host| Check::Exits { host, code: *code }).collect())
            }
            (None, Some(prints), None, None) => {
                let pattern = pattern(prints)?;
                let (after, within) = (time(&entry.after).unwrap_or_default(), time(&entry.within));
                let check = |host| Check::Prints { host, pattern: pattern.clone(), after, within };
                Ok(named()?.into_iter().map(check).collect())
            }
            (None, None, Some(never), None) => {
                let pattern = pattern(never)?;
                Ok(match hosts {
                    None => vec![Check::Never { host: None, pattern }],
                    Some(hosts) => {
                        let check = |host| Check::Never { host: Some(host), pattern: pattern.clone() };
                        hosts.into_iter().map(check).collect()
                    }
                })
            }
            (None, None, None, Some(agree)) => Ok(vec![Check::Agree { pattern: pattern(agree)? }]),
            _ => Err(self.mistakes.at(&span, "a check has one of the keys `exits`, `prints`, `never`, `agree`")),
        }
    }
}

/// The hosts that an entry is: one of its name, or `count` of them, with a number after the name.
fn members(name: &str, entry: &Spanned<HostEntry>) -> Vec<String> {
    match entry.get_ref().count {
        None => vec![name.to_owned()],
        Some(count) => (1..=count).map(|number| format!("{name}{number}")).collect(),
    }
}

type Hosts = BTreeMap<String, Spanned<HostEntry>>;
