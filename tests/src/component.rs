//! What a component is, by its own binary.

use std::fs;
use std::path::Path;

use wasmparser::{Parser, Payload};

/// The names of what it imports, such as `berkeley:sockets/socket@0.1.0`.
pub fn imports(program: &Path) -> Vec<String> {
    let component = fs::read(program).unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut names = Vec::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(&component) {
        match payload.expect("a component") {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            // Those within belong to its parts.
            Payload::ComponentImportSection(section) if depth == 1 => {
                names.extend(section.into_iter().map(|import| import.expect("an import").name.name.to_owned()));
            }
            _ => {}
        }
    }
    names
}
