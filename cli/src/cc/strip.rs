//! `berkeley strip` of components: LLVM's knows modules and objects alone.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use wasmparser::Parser;

use crate::temporary;

/// What a component begins with: the letters, the version of its layout, and that it is a component.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
/// The sections of a component, and of a module, by their numbers.
const CUSTOM: u8 = 0;
const MODULE: u8 = 1;
const NESTED: u8 = 4;

/// Whether the file is a component.
pub(super) fn is_component(path: &Path) -> bool {
    let mut head = [0; COMPONENT.len()];
    let read = fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == COMPONENT
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Strip {
    inputs: Vec<PathBuf>,
    output: Option<PathBuf>,
    /// Whether only what debuggers read is removed, and names stay.
    keeps_names: bool,
    unknown: Option<OsString>,
}

impl Strip {
    /// Reads the command line of strip(1).
    pub(super) fn new(words: &[OsString]) -> Self {
        let mut strip = Self::default();
        let mut words = words.iter();
        let mut only_files = false;
        while let Some(word) = words.next() {
            match word.to_str().filter(|word| !only_files && word.len() > 1 && word.starts_with('-')) {
                None => strip.inputs.push(word.into()),
                Some("--") => only_files = true,
                Some("-s" | "--strip-all" | "-p" | "--preserve-dates" | "--strip-unneeded") => {}
                Some("-g" | "-d" | "-S" | "--strip-debug") => strip.keeps_names = true,
                Some("-o") => strip.output = words.next().map(PathBuf::from),
                Some(option) => match option.strip_prefix("--output-file=").or_else(|| option.strip_prefix("-o")) {
                    Some(output) => strip.output = Some(output.into()),
                    None => strip.unknown = Some(word.clone()),
                },
            }
        }
        strip
    }

    /// Whether it is about a component.
    pub(super) fn has_component(&self) -> bool {
        self.inputs.iter().any(|input| is_component(input))
    }

    /// Does it, with components alone.
    pub(super) fn execute(&self) -> Result<()> {
        if let Some(option) = &self.unknown {
            bail!("berkeley strip knows no {} for components", option.display());
        }
        ensure!(
            self.output.is_none() || self.inputs.len() == 1,
            "berkeley strip -o needs one file, and there are {}",
            self.inputs.len()
        );
        for input in &self.inputs {
            ensure!(is_component(input), "{} is no component, as others are: strip it by itself", input.display());
        }
        for input in &self.inputs {
            let bytes = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
            let unreadable = || format!("{} is no component that can be read", input.display());
            let stripped = strip(&bytes, self.keeps_names).with_context(unreadable)?;
            let output = self.output.as_deref().unwrap_or(input);
            write(output, &stripped, input).with_context(|| format!("cannot write {}", output.display()))?;
        }
        Ok(())
    }
}

/// Writes the file, whole or not at all, with the mode of the other.
fn write(path: &Path, bytes: &[u8], like: &Path) -> Result<()> {
    let directory = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let file = temporary::file_in(directory)?;
    fs::write(file.path(), bytes)?;
    fs::set_permissions(file.path(), fs::metadata(like)?.permissions())?;
    file.persist(path)?;
    Ok(())
}

/// The component, or the module, without what only debuggers read, and without names unless they are kept.
fn strip(bytes: &[u8], keeps_names: bool) -> Result<Vec<u8>> {
    let (header, mut rest) = bytes.split_at_checked(COMPONENT.len()).context("it ends in its header")?;
    let is_component = Parser::is_component(header);
    ensure!(is_component || Parser::is_core_wasm(header), "it is of a layout that is not known");
    let mut stripped = header.to_vec();
    while let Some((&section, after)) = rest.split_first() {
        let (length, after) = number(after)?;
        let (content, next) = after.split_at_checked(length).context("a section ends beyond its end")?;
        rest = next;
        let new = match section {
            CUSTOM if is_dispensable(content, keeps_names)? => continue,
            MODULE | NESTED if is_component => &*strip(content, keeps_names)?,
            _ => content,
        };
        stripped.push(section);
        put_number(&mut stripped, new.len());
        stripped.extend_from_slice(new);
    }
    Ok(stripped)
}

/// Whether a custom section is of no use to who runs the program.
fn is_dispensable(content: &[u8], keeps_names: bool) -> Result<bool> {
    let (length, after) = number(content)?;
    let name = after.get(..length).context("a section's name ends beyond its end")?;
    let is_debug = name.starts_with(b".debug") || name.starts_with(b"reloc..debug");
    let tells = [&b"sourceMappingURL"[..], b"external_debug_info"].contains(&name);
    let names = [&b"name"[..], b"component-name", b"producers"].contains(&name);
    Ok(is_debug || tells || !keeps_names && names)
}

/// An unsigned number in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok((usize::try_from(value)?, &bytes[at + 1..]));
        }
    }
    bail!("a length does not end")
}

fn put_number(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// What is said of a tool of LLVM's that is asked about a component.
pub(super) fn unreadable(tool: &str, words: &[OsString]) -> Option<String> {
    let component = words.iter().map(OsStr::new).map(Path::new).find(|path| is_component(path))?;
    let how = "`wasm-tools component unbundle` takes out the modules that it reads, `wasm-tools objdump` reads both";
    Some(format!("{} is a component, which llvm-{tool} cannot read: {how}", component.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    fn component() -> Vec<u8> {
        let text = r#"(component
            (core module $m (@custom ".debug_info" "secrets") (func $named (export "f") (result i32) i32.const 7)
                (@custom "kept" "content"))
            (component $inner (core module (@custom ".debug_line" "more") (func $other)))
            (core instance $i (instantiate $m))
            (func (export "f") (result u32) (canon lift (core func $i "f"))))"#;
        wat::parse_str(text).expect("a component")
    }

    fn has(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn what_debuggers_read_is_removed_at_every_depth() {
        let whole = component();
        let (all, debug) = (strip(&whole, false).expect("strips"), strip(&whole, true).expect("strips"));
        for stripped in [&all, &debug] {
            wasmparser::validate(stripped).expect("it is a component still");
            assert!(!has(stripped, ".debug") && !has(stripped, "secrets") && has(stripped, "kept"));
        }
        assert!(has(&whole, "named") && has(&debug, "named") && !has(&all, "named"));
        assert_eq!(strip(&all, false).expect("strips"), all);
    }

    #[test]
    fn what_is_cut_is_refused() {
        let whole = component();
        for end in 0..whole.len() {
            let _ = strip(&whole[..end], false);
        }
        assert!(strip(&whole[..7], false).is_err() && strip(&whole[..whole.len() - 1], false).is_err());
        assert!(strip(b"\0asm\x0d\0\x01\0\0\xff\xff\xff\xff\xff\xff", false).is_err());
    }

    #[test]
    fn the_command_line_is_that_of_strip() {
        let all = Strip::new(&words("-s -o out a.wasm"));
        assert_eq!((all.output.as_deref(), all.inputs.len(), all.keeps_names), (Some(Path::new("out")), 1, false));
        let debug = Strip::new(&words("--strip-debug a b -- -c"));
        assert_eq!((debug.inputs.len(), debug.keeps_names, debug.unknown), (3, true, None));
        assert_eq!(Strip::new(&words("-R .text a")).unknown, Some("-R".into()));
    }

    #[test]
    fn files_are_stripped_in_their_place() {
        let home = temporary::directory().expect("a directory");
        let file = home.path().join("a.wasm");
        fs::write(&file, component()).expect("writes");
        let strip = Strip::new(&[file.clone().into()]);
        assert!(strip.has_component());
        strip.execute().expect("strips");
        assert!(fs::metadata(&file).expect("is there").len() < component().len() as u64);
        assert!(unreadable("nm", &[file.into()]).expect("it is one").contains("llvm-nm"));
        assert_eq!(unreadable("nm", &words("-a none.o")), None);
    }
}
