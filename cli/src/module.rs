//! Core modules that are programs: those for WASI's preview 1, which an adapter makes components of, and those that carry
//! the description of a component.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as PREVIEW1, WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER as ADAPTER,
};
use wasmparser::{BinaryReaderError, Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

use crate::failure::in_one_line;

/// How the sections are named that describe the component a module is to become.
const DESCRIPTION: &str = "component-type";
/// What a program exports that is started by it.
const START: &str = "_start";

/// What else modules import, and what that says of them.
const OTHERS: &[(&str, &str)] = &[
    ("wasi_unstable", "WASI's preview 0, of 2019: build it with a newer toolchain"),
    ("wasix_32v1", "WASIX, which wasmer runs: build it for wasm32-wasip2, and over berkeley-libc"),
    ("wbg", "a browser, by wasm-bindgen"),
    ("__wbindgen_placeholder__", "a browser, by wasm-bindgen"),
    ("go", "a browser, by Go's js/wasm: build it with GOOS=wasip1"),
    ("gojs", "a browser, by Go's js/wasm: build it with GOOS=wasip1"),
    ("a", "a browser, by Emscripten"),
    ("env", "a host of its own, such as Emscripten's, or for code that was not linked"),
];

/// Whether the bytes are those of a core module, and of no component.
pub(crate) fn is_module(bytes: &[u8]) -> bool {
    let first = Parser::new(0).parse_all(bytes).next();
    matches!(first, Some(Ok(Payload::Version { encoding: Encoding::Module, .. })))
}

/// Makes a component of a core module that is a program.
pub(crate) fn component_of(bytes: &[u8], path: &Path) -> Result<Vec<u8>> {
    let damaged = |error: &str| anyhow!("{} is not a valid module: {}", path.display(), in_one_line(error));
    let found = Found::of(bytes).map_err(|error| damaged(&error.to_string()))?;
    found.judge(path)?;
    let encode = || -> Result<Vec<u8>> {
        let mut encoder = ComponentEncoder::default().validate(true).module(bytes)?;
        if found.imports.contains(PREVIEW1) {
            encoder = encoder.adapter(PREVIEW1, ADAPTER)?;
        }
        encoder.encode()
    };
    encode().map_err(|error| damaged(&format!("{error:#}")))
}

/// What a module says of itself.
#[derive(Default)]
struct Found<'a> {
    imports: BTreeSet<&'a str>,
    is_described: bool,
    starts: bool,
}

impl<'a> Found<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut found = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        found.imports.insert(import?.module);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        found.starts |= export?.name == START;
                    }
                }
                Payload::CustomSection(section) => found.is_described |= section.name().starts_with(DESCRIPTION),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Tells why it is no program that can run here.
    fn judge(&self, path: &Path) -> Result<()> {
        let module = path.display();
        if self.is_described {
            return Ok(());
        }
        if let Some(import) = self.imports.iter().find(|import| **import != PREVIEW1) {
            let known = OTHERS.iter().find(|(name, _)| name == import);
            let what = known.map_or("another host", |(_, what)| what);
            bail!("{module} is a core module for {what}: it imports `{import}`; build it for wasm32-wasip2");
        }
        if !self.starts {
            bail!("{module} is a core module that is no program: it exports no `{START}`; build it for wasm32-wasip2");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with an import of a function without parameters from that module, if there is one, and an export.
    fn module(import: Option<&str>, export: &str) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, content: &[u8]| {
            module.extend([id, content.len() as u8]);
            module.extend(content);
        };
        let named = |name: &str| [&[name.len() as u8], name.as_bytes()].concat();
        section(1, b"\x01\x60\0\0");
        if let Some(import) = import {
            section(2, &[&b"\x01"[..], &named(import), &named("f"), b"\0\0"].concat());
        }
        section(3, b"\x01\0");
        section(7, &[&b"\x01"[..], &named(export), &[0, u8::from(import.is_some())]].concat());
        section(10, b"\x01\x02\0\x0b");
        module
    }

    #[test]
    fn what_is_no_program_is_told_why() {
        for (import, export, told) in [
            (None, "main", "it exports no `_start`"),
            (Some("wasi_unstable"), "_start", "preview 0"),
            (Some("wbg"), "_start", "wasm-bindgen"),
            (Some("env"), "_start", "it imports `env`"),
            (Some("mine"), "_start", "for another host: it imports `mine`"),
        ] {
            let error = component_of(&module(import, export), Path::new("a.wasm")).expect_err(told).to_string();
            assert!(error.starts_with("a.wasm is a core module") && error.contains(told), "{error}");
        }
        let error = component_of(b"\0asm\x01\0\0\0\x01\x09", Path::new("a.wasm")).expect_err("cut").to_string();
        assert!(error.starts_with("a.wasm is not a valid module: ") && !error.contains('\n'), "{error}");
    }

    #[test]
    fn a_program_becomes_a_component() {
        let program = module(None, "_start");
        assert!(is_module(&program));
        let component = component_of(&program, Path::new("a.wasm"));
        // Without a memory an adapter has nowhere to put anything; with none there is nothing to run by.
        assert!(component.is_err() || !is_module(&component.expect("a component")));
    }
}
