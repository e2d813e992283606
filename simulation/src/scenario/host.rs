//! The hosts of a scenario.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use berkeley_host::policy::Rules;
use toml::Spanned;
use wasmtime::{Error, Result};

use super::entry::{Content, HostEntry, Hosts, TextEntry};
use super::mistake::Mistakes;
use super::programs::{Programs, Python};
use crate::disk::is_within;
use crate::host::Host;

/// How many hosts one entry is at most.
const MOST: u32 = 10_000;

/// The hosts that an entry is: one of its name, or `count` of them, with a number after the name.
pub(super) fn members(name: &str, entry: &Spanned<HostEntry>) -> Vec<String> {
    match &entry.get_ref().count {
        None => vec![name.to_owned()],
        Some(count) => (1..=*count.get_ref()).map(|number| format!("{name}{number}")).collect(),
    }
}

/// Whether the hosts can be told from each other: by names that can be looked up, and by addresses.
pub(super) fn look_at(mistakes: &Mistakes, hosts: &Hosts) -> Result<()> {
    let (mut names, mut addresses) = (Vec::new(), Vec::new());
    for (name, entry) in hosts {
        let is_name = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '.');
        if name.is_empty() || name.len() > 63 || !name.chars().all(is_name) {
            let told = format!("`{name}` is no name of a host: letters, digits, `-`, `_` and `.`, at most 63");
            return Err(mistakes.at(&entry.span(), told));
        }
        if name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok() {
            let told = format!("`{name}` is no name of a host, for looked up it would be another");
            return Err(mistakes.at(&entry.span(), told));
        }
        if let Some(count) = entry.get_ref().count.as_ref().filter(|count| !(1..=MOST).contains(count.get_ref())) {
            return Err(mistakes.at(&count.span(), format!("this is how many hosts there are: 1 to {MOST}")));
        }
        let members = members(name, entry);
        if let Some(twice) = members.iter().find(|member| names.contains(*member)) {
            return Err(mistakes.at(&entry.span(), format!("there are two hosts of the name `{twice}`")));
        }
        for address in &entry.get_ref().addresses {
            if members.len() > 1 || addresses.contains(address.get_ref()) {
                let told = format!("two hosts would have the address {}", address.get_ref());
                return Err(mistakes.at(&address.span(), told));
            }
            addresses.push(address.get_ref().clone());
        }
        names.extend(members);
    }
    Ok(())
}

/// What a program is told, of which a zero would be the end.
fn text<'a>(mistakes: &Mistakes, text: &'a Spanned<String>) -> Result<&'a str> {
    match text.get_ref() {
        told if told.contains('\0') => Err(mistakes.at(&text.span(), "no program can be told a zero")),
        told => Ok(told),
    }
}

/// What is there of that name, seen from the scenario.
fn there(mistakes: &Mistakes, directory: &Path, path: &Spanned<PathBuf>) -> Result<PathBuf> {
    let whole = directory.join(path.get_ref());
    if whole.exists() {
        return Ok(whole);
    }
    Err(mistakes.at(&path.span(), format!("there is no file {}", whole.display())))
}

/// The host of that name and number.
pub(super) fn host(
    mistakes: &Mistakes,
    directory: &Path,
    entry: &Spanned<HostEntry>,
    (name, number): (&str, usize),
    programs: &mut dyn Programs,
) -> Result<Host> {
    let fill = |text: &str| text.replace("{name}", name).replace("{number}", &(number + 1).to_string());
    let at = |span: std::ops::Range<usize>| move |error: Error| mistakes.at(&span, format!("{error:#}"));
    let (span, entry) = (entry.span(), entry.get_ref());
    if entry.program.is_some() && (!entry.sites.is_empty() || entry.linux || entry.inline_threads) {
        return Err(mistakes.at(&span, "`sites`, `linux` and `inline-threads` are for a host with the key `python`"));
    }
    let mut host = match (&entry.program, &entry.python) {
        (Some(path), None) => programs.component(name, &directory.join(path.get_ref())).map_err(at(path.span()))?,
        (None, Some(script)) => {
            let python = Python {
                script: directory.join(script.get_ref()),
                sites: entry.sites.iter().map(|site| there(mistakes, directory, site)).collect::<Result<_>>()?,
                linux: entry.linux,
                inline_threads: entry.inline_threads,
            };
            programs.python(name, &python).map_err(at(script.span()))?
        }
        _ => {
            let told = "a host has one of the keys `program`, a component, and `python`, a script";
            return Err(mistakes.at(&span, told));
        }
    };
    for argument in &entry.args {
        host = host.arg(fill(text(mistakes, argument)?));
    }
    for (name, value) in &entry.env {
        if name.is_empty() || name.contains(['=', '\0']) {
            let told = format!("`{}` is no name of a variable", name.escape_default());
            return Err(mistakes.at(&value.span(), told));
        }
        host = host.variable(name, fill(text(mistakes, value)?));
    }
    for (path, content) in &entry.files {
        is_within(path).map_err(|told| mistakes.at(&content.span(), told))?;
        host = match content.get_ref() {
            Content::Text(TextEntry { text }) => host.file(path, fill(text)),
            Content::From(from) => {
                host.copy(there(mistakes, directory, &Spanned::new(content.span(), from.clone()))?, path)
            }
        };
    }
    if let Some(allow) = &entry.allow {
        let filled: Vec<_> = allow.get_ref().iter().map(|rule| fill(rule)).collect();
        let rules = Rules::parse(filled.iter().map(String::as_str))
            .map_err(|error| mistakes.at(&allow.span(), error.to_string()))?;
        host = host.rules(rules);
    }
    for address in &entry.addresses {
        let parsed = address.get_ref().parse().ok().filter(|ip: &IpAddr| {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || *ip == IpAddr::from([255; 4]))
        });
        host = host.address(parsed.ok_or_else(|| {
            let told = format!("`{}` is no address of a host such as 10.0.0.1 or fd00::1", address.get_ref());
            mistakes.at(&address.span(), told)
        })?);
    }
    if let Some(start) = &entry.start {
        host = host.starts_at(start.get_ref().0);
    }
    Ok(if entry.serves { host.serves() } else { host })
}
