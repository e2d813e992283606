//! The checks of a scenario.

use std::time::Duration;

use regex::Regex;
use toml::Spanned;
use wasmtime::Result;

use super::entry::CheckEntry;
use super::event::Names;
use super::mistake::Mistakes;
use crate::check::Check;

/// What must be true.
pub(super) fn checks(
    mistakes: &Mistakes,
    entry: &Spanned<CheckEntry>,
    names: &Names<'_>,
    limit: Duration,
) -> Result<Vec<Check>> {
    let (span, entry) = (entry.span(), entry.get_ref());
    let pattern = |text: &Spanned<String>| {
        Regex::new(text.get_ref()).map_err(|error| mistakes.at(&text.span(), error.to_string()))
    };
    let hosts = entry.host.as_ref().map(|host| names.hosts(host)).transpose()?;
    let named =
        || hosts.clone().ok_or_else(|| mistakes.at(&span, "this check is about a host: the key `host` is missing"));
    if entry.prints.is_none() && (entry.after.is_some() || entry.within.is_some()) {
        return Err(mistakes.at(&span, "`after` and `within` are for a check with the key `prints`"));
    }
    if entry.agree.is_some() && hosts.is_some() {
        return Err(mistakes.at(&span, "a check with the key `agree` is about all hosts, and names none"));
    }
    match (&entry.exits, &entry.prints, &entry.never, &entry.agree) {
        (Some(code), None, None, None) => {
            if !(0..=255).contains(code.get_ref()) {
                return Err(mistakes.at(&code.span(), "an exit code is a number from 0 to 255"));
            }
            let check = |host| Check::Exits { host, code: *code.get_ref() };
            Ok(named()?.into_iter().map(check).collect())
        }
        (None, Some(prints), None, None) => {
            let pattern = pattern(prints)?;
            let after = entry.after.as_ref().map(|time| mistakes.before(limit, time)).transpose()?.unwrap_or_default();
            let within = entry.within.as_ref().map(|time| time.0);
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
        _ => Err(mistakes.at(&span, "a check has one of the keys `exits`, `prints`, `never`, `agree`")),
    }
}
