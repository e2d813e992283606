//! Constants: names and values that every platform's guest can carry.

use berkeley_guest::socket::{ALL, TEXTS, errno};

use crate::check::{check, ensure};

/// The arguments are `NAME=VALUE`, as CPython has them.
pub(super) async fn probe(expected: &[&str]) {
    check("each has CPython's value", async {
        let lacking: Vec<_> = expected.iter().filter(|entry| !is_here(entry)).collect();
        ensure!(
            lacking.is_empty(),
            "{} have other values, or none: {:?}",
            lacking.len(),
            &lacking[..lacking.len().min(9)]
        )
    })
    .await;
}

fn is_here(entry: &str) -> bool {
    let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
    let number = |(ours, number): &(&str, i64)| *ours == name && number.to_string() == value;
    let text = |(ours, text): &(&str, &str)| *ours == name && *text == value;
    let error = |number: i32, ours: &str| ours == name && number.to_string() == value;
    ALL.iter().any(number)
        || TEXTS.iter().any(text)
        || errno::ERRNOS.iter().any(|(number, ours, _)| error(*number, ours))
        || errno::OTHERS.iter().any(|(number, ours)| error(*number, ours))
}
