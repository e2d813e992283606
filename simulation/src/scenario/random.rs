//! What goes wrong by chance in a scenario.

use std::time::Duration;

use toml::Spanned;
use wasmtime::Result;

use super::entry::RandomEntry;
use super::event::Names;
use super::mistake::Mistakes;
use crate::random::{Kind, Random};

/// What is drawn.
pub(super) fn random(
    mistakes: &Mistakes,
    entry: &Spanned<RandomEntry>,
    names: &Names<'_>,
    limit: Duration,
) -> Result<Random> {
    let (span, entry) = (entry.span(), entry.get_ref());
    let kinds = entry.faults.iter().map(|name| {
        let found = Kind::ALL.iter().find(|(known, _)| known == name.get_ref());
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let all: Vec<_> = Kind::ALL.iter().map(|(name, _)| *name).collect();
            mistakes.unknown(&name.span(), "fault", name.get_ref(), &all)
        })
    });
    let kinds: Vec<_> = kinds.collect::<Result<_>>()?;
    if kinds.is_empty() {
        return Err(mistakes.at(&span, "no fault is named: `faults` is a list of some"));
    }
    let of_links = entry.faults.iter().zip(&kinds).find(|(_, kind)| kind.is_of_links());
    if let Some((fault, _)) = of_links.filter(|_| names.is_one()) {
        return Err(mistakes.at(&fault.span(), "this happens between two hosts, and there is one"));
    }
    let from = entry.from.as_ref().map_or(Duration::ZERO, |time| time.0);
    let until = entry.until.as_ref().map_or(limit, |time| time.0);
    if from >= until {
        return Err(mistakes.at(&span, "nothing is drawn, for `until`, or else the limit, is not after `from`"));
    }
    let mut random = Random::new(kinds, from..until);
    if let Some(every) = &entry.every {
        if every.get_ref().0.is_zero() {
            return Err(mistakes.at(&every.span(), "some time is between two faults: this is more than 0"));
        }
        random = random.every(every.get_ref().0);
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
