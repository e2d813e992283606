//! The words of a command line: those of response files, and what an option's value is.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

/// How deep response files name others, at most.
const DEPTH: usize = 16;

/// The words, with those of the response files `@FILE` in their place. One that cannot be read stands for itself, as GCC
/// has it.
pub(super) fn expand(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut all = Vec::new();
    words.into_iter().for_each(|word| expand_into(&mut all, word, DEPTH));
    all
}

fn expand_into(all: &mut Vec<OsString>, word: OsString, depth: usize) {
    let file = word.as_bytes().strip_prefix(b"@").filter(|_| depth > 0).map(OsStr::from_bytes);
    match file.and_then(|file| std::fs::read(file).ok()) {
        Some(content) => split(&content).into_iter().for_each(|word| expand_into(all, word, depth - 1)),
        None => all.push(word),
    }
}

/// The words of a response file: white space parts them, quotes of either kind and backslashes keep it.
fn split(content: &[u8]) -> Vec<OsString> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<Vec<u8>>, None);
    let mut bytes = content.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', _) => word.get_or_insert_default().extend(bytes.next()),
            (b'\'' | b'"', None) => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (_, Some(open)) if byte == open => quote = None,
            (_, None) if byte.is_ascii_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    words.into_iter().map(OsString::from_vec).collect()
}

/// What follows the beginning, if the word begins so.
pub(super) fn after<'a>(word: &'a OsStr, begin: &str) -> Option<&'a OsStr> {
    word.as_bytes().strip_prefix(begin.as_bytes()).map(OsStr::from_bytes)
}

/// The two words as one.
pub(super) fn join(begin: &str, end: &OsStr) -> OsString {
    let mut word = OsString::from(begin);
    word.push(end);
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_files_are_split_as_gcc_does() {
        let words = |text: &str| split(text.as_bytes());
        assert_eq!(words("-c  a.c\n\t-o 'a b.o'"), ["-c", "a.c", "-o", "a b.o"]);
        assert_eq!(words(r#"-DX="\"y\"" a\ b '' c"d e"f"#), ["-DX=\"y\"", "a b", "", "cd ef"]);
        assert!(words(" \n").is_empty());
        assert_eq!(words("unclosed' a"), ["unclosed a"]);
    }

    #[test]
    fn response_files_are_put_in_their_place() {
        let directory = tempfile::tempdir().expect("a directory");
        let (outer, inner) = (directory.path().join("outer"), directory.path().join("inner"));
        std::fs::write(&outer, format!("-a @{} -c", inner.display())).expect("writes");
        std::fs::write(&inner, "-b").expect("writes");
        let words = expand(["x".into(), join("@", outer.as_os_str()), "@no-such-file".into()]);
        assert_eq!(words, ["x", "-a", "-b", "-c", "@no-such-file"]);
        // One that names itself comes to an end.
        std::fs::write(&inner, format!("y @{}", inner.display())).expect("writes");
        assert_eq!(expand([join("@", inner.as_os_str())]).len(), DEPTH + 1);
    }
}
