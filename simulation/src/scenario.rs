//! Scenarios: a simulation as a file of TOML.

mod check;
mod entry;
mod event;
mod host;
mod link;
mod mistake;
mod programs;
mod random;
mod value;

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use wasmtime::{Error, Result};

use crate::simulation::{Link, Simulation, SimulationBuilder};
use entry::File;
use event::Names;
use host::members;
use mistake::Mistakes;

pub use programs::{Programs, Python};

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
        if file.hosts.is_empty() {
            return Err(self.mistakes.at(&(0..0), "there is no host: write [hosts.NAME] and program = \"GUEST.WASM\""));
        }
        host::look_at(&self.mistakes, &file.hosts)?;
        let names =
            Names::new(&self.mistakes, file.hosts.iter().map(|(name, host)| (name.as_str(), members(name, host))));
        let mut builder = self.world()?;
        for (name, entry) in &file.hosts {
            for (number, member) in members(name, entry).into_iter().enumerate() {
                builder =
                    builder.with(host::host(&self.mistakes, &self.directory, entry, (&member, number), programs)?);
            }
        }
        let mut simulation = builder.build()?;
        for start in file.hosts.values().filter_map(|entry| entry.get_ref().start.as_ref()) {
            self.mistakes.before(simulation.limit, start)?;
        }
        for link in &file.links {
            let change = link::change(&self.mistakes, link)?;
            for between in names.pairs(link.between.as_ref())? {
                simulation.links.push(Link { between, change: change.clone() });
            }
        }
        for event in &file.events {
            simulation.faults.extend(names.faults(event, simulation.limit)?);
        }
        for entry in &file.random {
            simulation.random.push(random::random(&self.mistakes, entry, &names, simulation.limit)?);
        }
        for entry in &file.checks {
            simulation.checks.extend(check::checks(&self.mistakes, entry, &names, simulation.limit)?);
        }
        Ok(simulation)
    }

    /// All but the hosts and what happens to them.
    fn world(&self) -> Result<SimulationBuilder> {
        let file = &self.file;
        let mut builder = Simulation::builder().seed(file.seed.unwrap_or_default());
        let some = |time: &Spanned<value::Time>| match time.get_ref().0 {
            time if !time.is_zero() => Ok(time),
            _ => Err(self.mistakes.at(&time.span(), "this is a time of more than 0, such as \"60s\"")),
        };
        if let Some(limit) = &file.limit {
            builder = builder.limit(some(limit)?);
        }
        if let Some(patience) = &file.computing {
            builder = builder.patience(some(patience)?);
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
        Ok(builder)
    }

    fn date(&self, date: &Spanned<String>) -> Result<Duration> {
        let time = humantime::parse_rfc3339_weak(date.get_ref());
        let since = time.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        since.ok_or_else(|| {
            let told = format!("`{}` is no date such as 2026-01-01T00:00:00Z", date.get_ref());
            self.mistakes.at(&date.span(), told)
        })
    }
}
