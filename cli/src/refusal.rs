//! Refusals, told on stderr.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use berkeley_host::policy::Refusal;

use crate::contained::Contained;
use crate::tell::tell;

/// Tells each refusal, the first time. Whether everything is allowed that can be is told.
pub(crate) fn tell_once(everything: bool, contained: Contained) -> impl Fn(&Refusal) + Send + Sync {
    /// A guest that tries everything shall not fill the screen, nor the memory.
    const MOST: usize = 100;
    let told = Mutex::new(HashSet::new());
    move |refusal| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST || !told.insert(refusal.clone()) {
            return;
        }
        tell!("refused to {}; {}", refusal.operation(), remedy(refusal, everything, &contained));
        if told.len() == MOST {
            tell!("further refusals are not told");
        }
    }
}

/// What denies it, or would allow it.
fn remedy(refusal: &Refusal, everything: bool, contained: &Contained) -> String {
    match (refusal.denial(), refusal.grant()) {
        (Some(denial), _) => format!("denied by {denial}"),
        (None, _) if refusal.is_absolute() || everything => "nothing would allow it".into(),
        (None, Some(grant)) => match looked_up(grant) {
            // Who looks a name up mostly wants to connect there.
            Some(name) => format!(
                "{} would allow it; {} would allow it and connecting to that PORT, which is mostly wanted",
                contained.by("allow", grant),
                contained.by("allow", &format!("connect={name}:PORT"))
            ),
            None => format!("{} would allow it", contained.by("allow", grant)),
        },
        (None, None) => "no rule can say that alone; --allow-all would allow it".into(),
    }
}

/// The name that the rule is for, if it allows looking one up.
fn looked_up(rule: &str) -> Option<&str> {
    let host = rule.strip_prefix("resolve=")?;
    let is_address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    (!is_address).then_some(host)
}

/// The rule as it is typed in a shell.
pub(crate) fn shell_word(rule: &str) -> String {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || "=:.,/-_@".contains(ch);
    if rule.chars().all(plain) { rule.to_owned() } else { format!("'{}'", rule.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use berkeley_host::policy::Operation;

    use super::*;

    #[test]
    fn rules_are_quoted_for_the_shell() {
        assert_eq!(shell_word("connect=a.b:80"), "connect=a.b:80");
        assert_eq!(shell_word("connect=[::1]:80"), "'connect=[::1]:80'");
    }

    #[test]
    fn what_is_said_is_true() {
        let lookup = Refusal::new(&Operation::Lookup { host: "db" });
        let asked = remedy(&lookup.clone().with_grant("resolve=db"), false, &Contained::default());
        assert_eq!(
            asked,
            "--allow resolve=db would allow it; --allow connect=db:PORT would allow it and connecting to that PORT, which is \
             mostly wanted"
        );
        assert_eq!(
            remedy(&lookup, false, &Contained::default()),
            "no rule can say that alone; --allow-all would allow it"
        );
        assert_eq!(remedy(&lookup, true, &Contained::default()), "nothing would allow it");
        assert_eq!(remedy(&lookup.with_denial("resolve"), true, &Contained::default()), "denied by resolve");
        let address: IpAddr = [10, 0, 0, 1].into();
        let reverse = Refusal::new(&Operation::ReverseLookup { address }).with_grant("resolve=10.0.0.1");
        assert_eq!(remedy(&reverse, false, &Contained::default()), "--allow resolve=10.0.0.1 would allow it");
    }
}
