//! `berkeley inspect`.

mod need;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueHint};
use serde::Serialize;
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::TypesRef;
use wasmparser::{Validator, WasmFeatures};

use self::need::{MISSING, NEEDS, PROVIDED};
use crate::program;
use crate::tell::answer;

/// Tells what a component imports and exports, whether it runs here, and which options it might need
///
/// Nothing of it is run. What a component imports it may never call, so that it might need less: `berkeley policy learn`
/// writes the policy for what it does.
#[derive(Args)]
pub(crate) struct Inspect {
    /// Answers as JSON
    #[arg(long)]
    json: bool,

    /// The component
    #[arg(value_name = "GUEST.WASM", value_hint = ValueHint::FilePath)]
    guest: PathBuf,
}

impl Inspect {
    /// Tells it on stdout.
    pub(crate) fn execute(self) -> Result<()> {
        let (bytes, is_adapted) = program::read_path(&self.guest)?;
        let report = Report::of(&bytes, is_adapted, &self.guest)?;
        let text = if self.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text(&self.guest) };
        answer(&text)
    }
}

/// What there is to tell.
#[derive(Debug, Serialize)]
struct Report {
    /// What it is: a component, or a core module that is made one.
    kind: &'static str,
    /// Whether `berkeley run` runs it.
    runs: bool,
    /// Why it does not.
    hindrances: Vec<String>,
    /// The interfaces and functions that it imports: each interface with its functions.
    imports: BTreeMap<String, Vec<String>>,
    exports: Vec<String>,
    /// What it might need.
    needs: Vec<Told>,
}

/// A grant that it might need.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Told {
    grant: &'static str,
    purpose: &'static str,
}

impl Report {
    fn of(bytes: &[u8], is_adapted: bool, path: &Path) -> Result<Self> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let types = validator.validate_all(bytes).map_err(|error| program::damaged(path, &error.to_string()))?;
        let (imported, exports) = program::names(bytes, path)?;
        let imports: BTreeMap<_, _> =
            imported.into_iter().map(|name| (name.clone(), functions(types.as_ref(), &name))).collect();
        let mut hindrances: Vec<_> = imports.keys().filter_map(|name| hindrance(name)).collect();
        if !exports.iter().any(|name| name.starts_with(program::ENTRY)) {
            hindrances.push("it exports no wasi:cli/run, and so is no program".to_owned());
        }
        let kind = if is_adapted { "core module for preview 1 of WASI" } else { "component" };
        let needs = needs(&imports);
        Ok(Self { kind, runs: hindrances.is_empty(), hindrances, imports, exports, needs })
    }

    /// For people.
    fn text(&self, path: &Path) -> String {
        let mut text = String::new();
        let mut line = |words: &str| {
            let _ = writeln!(text, "{words}");
        };
        line(&format!("{}: a {}", path.display(), self.kind));
        line(if self.runs { "It runs here." } else { "It does not run here:" });
        for hindrance in &self.hindrances {
            line(&format!("  {hindrance}"));
        }
        line("\nImports:");
        for (name, functions) in &self.imports {
            match functions.as_slice() {
                [] => line(&format!("  {name}")),
                functions => line(&format!("  {name}: {}", functions.join(", "))),
            }
        }
        if self.imports.is_empty() {
            line("  nothing");
        }
        line("\nExports:");
        for name in &self.exports {
            line(&format!("  {name}"));
        }
        line("\nIt might need:");
        for Told { grant, purpose } in &self.needs {
            line(&format!("  {grant:<44}{purpose}"));
        }
        if self.needs.is_empty() {
            line("  nothing");
        }
        text
    }
}

/// The functions of an interface that is imported, as far as the component uses them.
fn functions(types: TypesRef<'_>, import: &str) -> Vec<String> {
    let Some(ComponentEntityType::Instance(instance)) = types.component_item_for_import(import).map(|item| item.ty)
    else {
        return Vec::new();
    };
    let is_function = |ty: &ComponentEntityType| matches!(ty, ComponentEntityType::Func(_));
    let exports = types[instance].exports.iter().filter(|(_, item)| is_function(&item.ty));
    exports.map(|(name, _)| name.clone()).collect()
}

/// An interface's name without its version, and the version.
fn parted(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, ""))
}

/// Why what is imported hinders the component from running here.
fn hindrance(import: &str) -> Option<String> {
    let (interface, version) = parted(import);
    let package = interface.split_once('/').map_or(interface, |(package, _)| package);
    let compatible =
        |known: &str| version == known || version.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'));
    let versions: Vec<_> =
        PROVIDED.iter().filter(|(known, _)| *known == package).map(|(_, version)| *version).collect();
    if versions.iter().any(|known| compatible(known)) {
        return None;
    }
    if !versions.is_empty() {
        return Some(format!("it imports {import}, of which there are {} here", versions.join(" and ")));
    }
    let known = MISSING.iter().find(|(known, _)| *known == package);
    let what =
        known.map_or("which is not here: another component may export it, to be composed with", |(_, what)| what);
    Some(format!("it imports {import}: {what}"))
}

/// What it might need for what it imports, each once.
fn needs(imports: &BTreeMap<String, Vec<String>>) -> Vec<Told> {
    let mut told = Vec::new();
    for need in NEEDS {
        let of_interface = imports.iter().filter(|(name, _)| parted(name).0 == need.interface);
        let is_imported = of_interface.into_iter().any(|(_, functions)| {
            need.functions.is_empty() || need.functions.iter().any(|one| functions.iter().any(|name| name == one))
        });
        let one = Told { grant: need.grant, purpose: need.purpose };
        if is_imported && !told.contains(&one) {
            told.push(one);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_are_compatible_are_no_hindrance() {
        for name in ["wasi:io/poll@0.2.0", "wasi:io/poll@0.2.99", "berkeley:sockets/socket@0.1.0", "wasi:cli/run@0.3.0"]
        {
            assert_eq!(hindrance(name), None, "{name}");
        }
        for (name, told) in [
            ("wasi:io/poll@0.20.0", "of which there are 0.2 here"),
            ("wasi:cli/run@0.1.0", "of which there are 0.2 and 0.3 here"),
            ("wasi:http/types@0.2.3", "HTTP"),
            ("mine:own/thing@1.0.0", "another component"),
            ("thing", "another component"),
        ] {
            let hindrance = hindrance(name).expect(name);
            assert!(hindrance.contains(told) && hindrance.contains(name), "{hindrance}");
        }
    }
}
