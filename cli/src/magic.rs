//! What a file that is no WebAssembly seems to be, for who has named the wrong one.

use std::path::Path;

/// How many bytes are looked at.
pub(crate) const HEAD: usize = 512;

/// What files begin with.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"\x7fELF", "a native program or library (ELF)"),
    (b"MZ", "a program for Windows"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (b"\xca\xfe\xba\xbe", "a program for macOS, or a class of Java"),
    (b"#!", "a script, which its interpreter runs"),
    (b"!<arch>\n", "an archive of objects (.a)"),
    (b"BC\xc0\xde", "LLVM's bitcode"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "compressed (gzip); `gunzip` unpacks it"),
    (b"\xfd7zXZ\0", "compressed (xz); `unxz` unpacks it"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd); `unzstd` unpacks it"),
    (b"BZh", "compressed (bzip2); `bunzip2` unpacks it"),
    (b"%PDF", "a document (PDF)"),
    (b"\x89PNG", "a picture (PNG)"),
];

/// In which place, and by what, wasmtime marks an ELF file as code that it has compiled.
const SYSTEM: usize = 7;
const WASMTIME: u8 = 200;

/// How texts are told apart, by the endings of their names.
const ENDINGS: &[(&str, &str)] = &[
    ("py", "a Python program, which `berkeley python` runs"),
    ("c", "a C program, which `berkeley cc` compiles"),
    ("rs", "a Rust program, to be built for wasm32-wasip2"),
    ("wit", "a contract in WIT, which a component implements"),
    ("toml", "a configuration; `berkeley run --config` takes one"),
];

/// What the file of that name, which begins so, seems to be.
pub(crate) fn seems(path: &Path, head: &[u8]) -> &'static str {
    if head.is_empty() {
        return "empty";
    }
    if head.starts_with(b"\x7fELF") && head.get(SYSTEM) == Some(&WASMTIME) {
        return "code that wasmtime has compiled (.cwasm); take the component that it was compiled from";
    }
    if let Some((_, what)) = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning)) {
        return what;
    }
    match text(head) {
        Some(text) => of_text(path, text),
        None => "data of a kind that is not known",
    }
}

/// The bytes as text, which may end within a letter.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    let is_printed = |letter: char| !letter.is_control() || letter.is_whitespace() || letter == '\x1b';
    text.chars().all(is_printed).then_some(text)
}

fn of_text(path: &Path, text: &str) -> &'static str {
    let text = text.trim_start_matches('\u{feff}');
    let code = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with(";;"));
    let code = code.unwrap_or_default().to_ascii_lowercase();
    if ["(module", "(component"].iter().any(|word| code.starts_with(word)) {
        return "WebAssembly as text (.wat), of which `wasm-tools parse FILE -o GUEST.WASM` makes a binary";
    }
    if ["<!doctype html", "<html"].iter().any(|word| code.starts_with(word)) {
        return "a page of the web (HTML), such as a server sends in place of a file";
    }
    let ending = path.extension().and_then(|ending| ending.to_str());
    ENDINGS.iter().find(|(known, _)| ending == Some(*known)).map_or("text", |(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let compiled = b"\x7fELF\x02\x01\x01\xc8\0\0\0\0";
        let cut = &"é".repeat(HEAD).into_bytes()[..HEAD - 1];
        for (name, head, what) in [
            ("a", &b""[..], "empty"),
            ("a", b"\x7fELF\x02\x01\x01\0", "(ELF)"),
            ("a", compiled, "that wasmtime has compiled"),
            ("a.wat", b"\n ;; one\n(component)", "as text (.wat)"),
            ("a.wasm", b"(module", "as text (.wat)"),
            ("a.py", b"import socket\n", "`berkeley python`"),
            ("a", b"#!/bin/sh\n", "script"),
            ("a.wasm", b"<!DOCTYPE html>", "HTML"),
            ("a.wasm", b"hello", "text"),
            ("a.wasm", cut, "text"),
            ("a.wasm", b"\0\0\0\0", "not known"),
            ("a.wasm", b"\0as", "not known"),
            ("a.wasm", b"\x1f\x8b\x08", "gzip"),
        ] {
            assert!(seems(Path::new(name), head).contains(what), "{name} {head:?}");
        }
    }
}
