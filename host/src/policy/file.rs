//! A policy in a file: TOML.

use std::ops::Range;

use toml::de::{DeArray, DeTable, DeValue};

use super::rules::{Group, Rule, Rules, RulesBuilder};

/// What is wrong with a policy's file, each with its place: `FILE:LINE:COLUMN: …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct FileError(Vec<String>);

/// The keys of a file.
const KEYS: &[&str] = &["allow", "allow-all", "deny", "groups"];

impl RulesBuilder {
    /// Adds what a file says, of which the text and the name are given. It is TOML:
    ///
    /// ```
    /// use berkeley_host::policy::Rules;
    ///
    /// let rules = Rules::builder().toml(
    ///     r#"
    ///         ## What the billing service may do.
    ///         allow = [
    ///             "connect=@databases:5432",
    ///             "listen=0.0.0.0:8080",
    ///         ]
    ///         deny = ["connect=10.0.0.1"]    # the old server
    ///
    ///         [groups]
    ///         databases = ["10.0.0.0/8", "db.internal"]
    ///     "#,
    ///     "billing.toml",
    /// )?;
    /// let rules = rules.build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// `allow-all = true` allows everything that is not denied. An error tells all that is wrong, with its place.
    pub fn toml(self, text: &str, name: &str) -> Result<Self, FileError> {
        self.toml_beside(text, name, &[])
    }

    /// Adds what a file says, as [`toml`](Self::toml) does, where the file may also have these keys, which are passed over:
    /// they are another reader's.
    pub fn toml_beside(self, text: &str, name: &str, others: &[&str]) -> Result<Self, FileError> {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut file = File { text, name, others, lines, builder: self, wrong: Vec::new() };
        match DeTable::parse(text) {
            Ok(table) => file.read(table.get_ref()),
            Err(error) => file.complain(error.span().unwrap_or_default(), error.message().to_owned()),
        }
        if file.wrong.is_empty() { Ok(file.builder) } else { Err(FileError(file.wrong)) }
    }
}

impl Rules {
    /// The rules of a file, of which the text and the name are given; [`RulesBuilder::toml`] tells what it says.
    pub fn from_toml(text: &str, name: &str) -> Result<Self, FileError> {
        let builder = Self::builder().toml(text, name)?;
        builder.build().map_err(|error| FileError(vec![format!("{name}: {error}")]))
    }
}

/// A file that is being read.
struct File<'a> {
    text: &'a str,
    name: &'a str,
    /// The keys that are another reader's.
    others: &'a [&'a str],
    /// Where each line begins.
    lines: Vec<usize>,
    builder: RulesBuilder,
    wrong: Vec<String>,
}

impl File<'_> {
    fn read(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let at = value.span();
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("allow", DeValue::Array(rules)) => self.rules(rules, RulesBuilder::allow),
                ("deny", DeValue::Array(rules)) => self.rules(rules, RulesBuilder::deny),
                ("allow-all", DeValue::Boolean(true)) => self.change(RulesBuilder::allow_all),
                ("allow-all", DeValue::Boolean(false)) => {}
                ("groups", DeValue::Table(groups)) => self.groups(groups),
                ("allow" | "deny", _) => self.complain(at, "a list of rules is needed, in brackets and quotes".into()),
                ("allow-all", _) => self.complain(at, "`allow-all` is true or false".into()),
                ("groups", _) => self.complain(at, "groups stand below a line `[groups]`".into()),
                (other, _) if self.others.contains(&other) => {}
                (unknown, _) => {
                    let keys = [self.others, KEYS].concat();
                    let near =
                        nearest(unknown, &keys).map_or_else(|| ".".into(), |near| format!("; is `{near}` meant?"));
                    self.complain(
                        key.span(),
                        format!("there is no key `{unknown}`{near} There are {}", keys.join(", ")),
                    );
                }
            }
        }
    }

    fn rules(&mut self, rules: &DeArray<'_>, add: fn(RulesBuilder, Rule) -> RulesBuilder) {
        for (at, text) in self.texts(rules) {
            match text.parse::<Rule>() {
                Ok(rule) => {
                    let origin = format!("{}:{}", self.name, self.place(at.start).0);
                    self.change(|builder| add(builder, rule.written_in(origin)));
                }
                Err(error) => self.complain(at, error.to_string()),
            }
        }
    }

    fn groups(&mut self, groups: &DeTable<'_>) {
        for (key, value) in groups {
            let name = key.get_ref().as_ref();
            if KEYS.contains(&name) || self.others.contains(&name) {
                self.complain(key.span(), format!("`{name}` is no group; it stands before the line `[groups]`"));
                continue;
            }
            let DeValue::Array(hosts) = value.get_ref() else {
                self.complain(value.span(), "a list of hosts is needed, in brackets and quotes".into());
                continue;
            };
            let hosts = self.texts(hosts);
            let bad = |text: &str| Group::new("group", [text]).err();
            let wrong: Vec<_> = hosts.iter().filter_map(|(at, text)| Some((at.clone(), bad(text)?))).collect();
            let any_wrong = !wrong.is_empty();
            for (at, error) in wrong {
                self.complain(at, error.to_string());
            }
            if any_wrong {
                continue;
            }
            let group = Group::new(name, hosts.iter().map(|(_, text)| text.as_str()));
            match group.and_then(|group| std::mem::take(&mut self.builder).group(group)) {
                Ok(builder) => self.builder = builder,
                Err(error) => self.complain(key.span(), error.to_string()),
            }
        }
    }

    /// The texts of a list, with their places.
    fn texts(&mut self, list: &DeArray<'_>) -> Vec<(Range<usize>, String)> {
        let mut texts = Vec::new();
        for entry in list {
            match entry.get_ref() {
                DeValue::String(text) => texts.push((entry.span(), text.to_string())),
                other => self.complain(entry.span(), format!("a text in quotes is needed, not {}", other.type_str())),
            }
        }
        texts
    }

    fn change(&mut self, change: impl FnOnce(RulesBuilder) -> RulesBuilder) {
        self.builder = change(std::mem::take(&mut self.builder));
    }

    fn complain(&mut self, at: Range<usize>, what: String) {
        let (line, column) = self.place(at.start);
        self.wrong.push(format!("{}:{line}:{column}: {what}", self.name));
    }

    /// The line and the column of a byte, counted from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at);
        let column = self.text.get(self.lines[line - 1]..at).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

/// The key that is most like it, if one is.
fn nearest<'a>(unknown: &str, keys: &[&'a str]) -> Option<&'a str> {
    let distance = |key: &&&str| strsim::damerau_levenshtein(key, unknown);
    keys.iter().min_by_key(distance).filter(|key| distance(key) <= key.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn wrong(text: &str) -> String {
        Rules::from_toml(text, "p.toml").expect_err(text).to_string()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(
            wrong("# one\nalow = []\n"),
            "p.toml:2:1: there is no key `alow`; is `allow` meant? There are allow, allow-all, deny, groups"
        );
        let rule = wrong("allow = [\n  'connect=a:1',\n  'conect=a',\n]\ndeny = ['connect=a:99999']");
        let lines: Vec<_> = rule.lines().collect();
        assert!(
            lines[0].starts_with("p.toml:3:3: cannot understand the rule `conect=a`: there is no operation"),
            "{rule}"
        );
        assert!(lines[1].starts_with("p.toml:5:9: ") && lines[1].contains("no port (0 to 65535)"), "{rule}");
        assert_eq!(lines.len(), 2);
        for (text, told) in [
            ("allow = 'connect'", "p.toml:1:9: a list of rules is needed"),
            ("allow = [1]", "p.toml:1:10: a text in quotes is needed, not integer"),
            ("allow = [", "p.toml:1:"),
            ("[groups]\nallow = ['connect']", "p.toml:2:1: `allow` is no group; it stands before"),
            ("[groups]\na = ['10.0.0.0/33']", "p.toml:2:6: "),
            ("[groups]\na = ['@b']\nb = ['c']", "p.toml:2:6: "),
            ("[groups]\na = []", "p.toml:2:1: "),
            (
                "allow = ['connect=@b']\n[groups]\na = ['c']",
                "`connect=@b (p.toml:1)`: there is no group `b`; there are `a`",
            ),
            ("deny = ['connect=@b']", "there is no group `b`; there is none at all"),
            ("allow-all = 1", "p.toml:1:13: `allow-all` is true or false"),
            ("allow = []\nallow = []", "p.toml:2:1: "),
        ] {
            assert!(wrong(text).contains(told), "{text}: {}", wrong(text));
        }
    }

    #[test]
    fn other_readers_have_keys_of_their_own() {
        let text = "guest = 'a.wasm'\nallow = ['unix=run::/run']\n[env]\nallow = 1";
        let rules = Rules::builder().toml_beside(text, "p.toml", &["guest", "env"]).expect("a policy");
        let rules = rules.seen_from(Path::new("/there")).build().expect("rules");
        assert_eq!(rules.allowing()[0].to_string(), "unix=/there/run::/run");
        let wrong = Rules::builder().toml_beside("gest = 1", "p.toml", &["guest", "env"]).expect_err("no key");
        let told = "p.toml:1:1: there is no key `gest`; is `guest` meant? There are guest, env, allow, allow-all, deny, groups";
        assert_eq!(wrong.to_string(), told);
        let wrong = Rules::builder().toml_beside("[groups]\nenv = 1", "p.toml", &["env"]).expect_err("no group");
        assert!(wrong.to_string().starts_with("p.toml:2:1: `env` is no group"), "{wrong}");
    }

    #[test]
    fn a_rule_knows_its_line() {
        let text = "allow = [\n  'connect=@g:1', # why\n]\n\ndeny = ['files']\n[groups]\ng = ['a', '10.0.0.0/8']";
        let rules = Rules::from_toml(text, "p.toml").expect("a policy");
        assert_eq!(rules.allowing()[0].origin(), Some("p.toml:2"));
        assert_eq!(rules.denying()[0].origin(), Some("p.toml:5"));
        assert_eq!(rules.allowing()[0].to_string(), "connect=@g:1");
    }
}
