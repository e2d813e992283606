//! What a run has learnt: everything that a guest asked for, and the smallest policy for that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use berkeley_host::Address;
use berkeley_host::policy::{Names, Operation, Policy, Question, Refusal, Rule, Rules, Transport};
use tempfile::NamedTempFile;

use crate::tell::{is_readable, tell};
use crate::temporary;

/// How many different operations are remembered.
const MOST: usize = 1 << 16;
/// How many ports of one host, of those that systems choose, are taken for all of them.
const MANY: usize = 8;
/// How many operations a rule's comment tells.
const TOLD: usize = 4;

/// What a guest has asked for, and where the policy for it goes.
pub(crate) struct Lesson {
    seen: Mutex<Seen>,
    /// What is denied though everything else is allowed.
    denied: Rules,
    output: PathBuf,
    /// Beside the output, so that what is written is there whole or not at all.
    file: Mutex<Option<NamedTempFile>>,
    guest: String,
}

#[derive(Default)]
struct Seen {
    questions: HashMap<Question, u64>,
    /// Through what the guest took ports that the system chose.
    free_ports: BTreeSet<String>,
    forgotten: u64,
}

impl Lesson {
    /// A lesson that is going to be written there, where there must be nothing yet.
    pub(crate) fn new(output: &Path, guest: &str, denied: Rules) -> Result<Arc<Self>> {
        if std::fs::metadata(output).is_ok_and(|file| file.len() > 0) {
            bail!("{} exists already; a policy that was learnt goes into a file of its own", output.display());
        }
        let directory = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = temporary::file_in(directory).with_context(|| format!("cannot write {}", output.display()))?;
        Ok(Arc::new(Self {
            seen: Mutex::default(),
            denied,
            output: output.to_owned(),
            file: Mutex::new(Some(file)),
            guest: guest.to_owned(),
        }))
    }

    /// The policy that is learnt by: it allows everything but what is denied.
    pub(crate) fn policy(self: &Arc<Self>) -> impl Policy + use<> {
        Learner(self.clone())
    }

    /// Writes the policy, once.
    pub(crate) fn write(&self) -> Result<()> {
        let Some(mut file) = self.file.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        let text = self.seen.lock().unwrap_or_else(PoisonError::into_inner).policy(&self.guest);
        let unwritable = || format!("cannot write {}", self.output.display());
        file.write_all(text.as_bytes()).with_context(unwritable)?;
        file.persist(&self.output).with_context(unwritable)?;
        tell!("wrote the policy {}", self.output.display());
        Ok(())
    }
}

struct Learner(Arc<Lesson>);

impl Policy for Learner {
    fn check(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        // What no guest needs, and what would last beyond the run.
        if matches!(operation, Operation::Share | Operation::SetHostName) {
            return Err(Refusal::new(operation));
        }
        self.0.denied.object(operation, names)?;
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).note(operation, names);
        Ok(())
    }

    fn object(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        self.0.denied.object(operation, names)
    }

    fn shuns(&self, host: &str) -> bool {
        self.0.denied.shuns(host)
    }
}

impl Seen {
    fn note(&mut self, operation: &Operation<'_>, names: &Names) {
        let question = match *operation {
            // Whoever connects is let in where the guest may listen.
            Operation::Accept { .. } => return,
            // A port that was free is another one the next time.
            Operation::Listen { transport, asked, actual } if port(asked) == Some(0) => {
                self.free_ports.insert(transport.to_string());
                let same = asked.internet().map(|at| at.ip()) == actual.internet().map(|at| at.ip());
                let actual = if same { asked } else { actual };
                Question::new(&Operation::Listen { transport, asked, actual }, names)
            }
            Operation::Bind { transport, address } if port(address) == Some(0) => {
                self.free_ports.insert(transport.to_string());
                Question::new(operation, names)
            }
            _ => Question::new(operation, names),
        };
        if self.questions.len() >= MOST && !self.questions.contains_key(&question) {
            self.forgotten += 1;
            return;
        }
        *self.questions.entry(question).or_default() += 1;
    }

    /// The smallest policy for what was seen, as a file.
    fn policy(&self, guest: &str) -> String {
        let rules = smallest(self.candidates(), self.questions.keys());
        let mut text = format!("# What {} did in one run, as `berkeley run --learn` saw it.\n", guest.escape_debug());
        text.push_str("# Above each rule stands what it was needed for, and how often.\n");
        if self.forgotten > 0 {
            let _ = writeln!(
                text,
                "# {} operations more were seen than could be kept; they may need rules too.",
                self.forgotten
            );
        }
        text.push_str("allow = [\n");
        for rule in &rules {
            self.tell(rule, &mut text);
            let _ = writeln!(text, "  {},", quoted(&rule.to_string()));
        }
        text.push_str("]\n");
        text
    }

    /// What the rule was needed for, as comments.
    fn tell(&self, rule: &Rule, text: &mut String) {
        let alone = Rules::from_iter([rule.clone()]);
        let needed = self.questions.iter().filter(|(question, _)| question.ask(&alone).is_allowed());
        let mut lines: Vec<_> = needed.map(|(question, count)| (*count, question.to_string())).collect();
        lines.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        for (count, line) in lines.iter().take(TOLD) {
            let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
            let _ = writeln!(text, "  # {}: {times}", line.escape_default());
        }
        if lines.len() > TOLD {
            let _ = writeln!(text, "  # and {} more", lines.len() - TOLD);
        }
    }

    /// A rule for each operation, the ports of one host together; those that others make needless first.
    fn candidates(&self) -> Vec<Rule> {
        let none = Rules::default();
        let mut singles = BTreeSet::new();
        let mut ports: BTreeMap<(Kind, String), BTreeSet<u16>> = BTreeMap::new();
        for question in self.questions.keys() {
            let kind = question.with(|operation, _| kind(operation));
            let Some(rule) = question.with(|operation, names| narrowest(operation, names, &none)) else { continue };
            match rule.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?))) {
                // A port that the guest asks for is one that it knows, but for those that it was given before.
                Some((host, port)) if kind == Kind::Connect || port != 0 && rule.starts_with("listen") => {
                    ports.entry((kind, host.to_owned())).or_default().insert(port);
                }
                _ => {
                    singles.insert((kind, rule));
                }
            }
        }
        let merged = ports.into_iter().map(|((kind, host), ports)| (kind, self.with_ports(&host, &ports)));
        let mut all: Vec<_> = singles.into_iter().chain(merged).collect();
        all.sort();
        all.iter().filter_map(|(_, rule)| rule.parse().ok()).collect()
    }

    /// The rule for a host with all its ports: those that a system chose for the guest are others the next time.
    fn with_ports(&self, rule: &str, ports: &BTreeSet<u16>) -> String {
        let chosen = free_ports();
        let (operation, host) = rule.split_once('=').unwrap_or((rule, ""));
        let protocol = operation.split_once(':').map_or("tcp", |(_, protocol)| protocol);
        let host_address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        let local = host == "localhost" || host_address.is_ok_and(|ip| ip.is_loopback());
        let (free, fixed): (Vec<_>, Vec<_>) = ports.iter().copied().partition(|port| chosen.contains(port));
        let own = (local || operation.starts_with("listen")) && self.free_ports.contains(protocol);
        let mut list: Vec<String> = Vec::new();
        if !free.is_empty() && (own || free.len() >= MANY) {
            list.push(format!("{}-{}", chosen.start(), chosen.end()));
        } else {
            list.extend(free.iter().map(ToString::to_string));
        }
        list.extend(fixed.iter().map(ToString::to_string));
        format!("{rule}:{}", list.join(","))
    }
}

/// What a candidate was found for, in the order in which others may make it needless.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Create,
    Lookup,
    Bind,
    Receive,
    Connect,
    Other,
}

fn kind(operation: &Operation<'_>) -> Kind {
    match operation {
        Operation::Create { .. } => Kind::Create,
        Operation::Lookup { .. } => Kind::Lookup,
        Operation::Bind { .. } => Kind::Bind,
        Operation::Receive { .. } => Kind::Receive,
        Operation::Connect { .. } => Kind::Connect,
        _ => Kind::Other,
    }
}

/// The narrowest rule that allows the operation, as text.
fn narrowest(operation: &Operation<'_>, names: &Names, none: &Rules) -> Option<String> {
    let local = |transport, address| Operation::Bind { transport, address };
    match *operation {
        // What comes to an address is taken by whoever may be there.
        Operation::Receive { transport, asked: Some(asked), .. } => narrowest(&local(transport, asked), names, none),
        _ => directory(operation).or_else(|| {
            let suggestion = Question::new(operation, names).ask(none).suggestion;
            suggestion.map(|rule| rule.to_string())
        }),
    }
}

/// The rule for the directory of a unix path.
fn directory(operation: &Operation<'_>) -> Option<String> {
    let address = match *operation {
        Operation::Bind { transport: Transport::Unix, address } => address,
        Operation::Listen { transport: Transport::Unix, actual, .. } => actual,
        Operation::Connect { transport: Transport::Unix, peer } => peer,
        _ => return None,
    };
    let path = std::str::from_utf8(address.unix_path()?).ok()?;
    let parent = Path::new(path).parent()?.to_str()?;
    Some(match path.starts_with('/') {
        true => format!("unix={parent}"),
        // A guest's working directory is its root.
        false => format!("unix={}::/", if parent.is_empty() { "/" } else { parent }),
    })
}

fn port(address: &Address) -> Option<u16> {
    address.internet().map(|address| address.port())
}

/// The rules without those that are not needed for any question.
fn smallest<'a>(mut rules: Vec<Rule>, questions: impl Iterator<Item = &'a Question> + Clone) -> Vec<Rule> {
    let allow = |rules: &[Rule], question: &Question| {
        let all = rules.iter().cloned().collect::<Rules>();
        question.ask(&all).is_allowed()
    };
    // What no rule can allow needs none.
    let questions: Vec<_> = questions.filter(|question| allow(&rules, question)).collect();
    let mut at = 0;
    while at < rules.len() {
        let mut fewer = rules.clone();
        fewer.remove(at);
        let all = fewer.iter().cloned().collect::<Rules>();
        if questions.iter().all(|question| question.ask(&all).is_allowed()) {
            rules = fewer;
        } else {
            at += 1;
        }
    }
    rules.sort_by_key(ToString::to_string);
    rules
}

/// The ports that the system chooses for sockets that ask for none.
fn free_ports() -> std::ops::RangeInclusive<u16> {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut bounds = range.split_whitespace().filter_map(|bound| bound.parse().ok());
    match (bounds.next(), bounds.next()) {
        (Some(low), Some(high)) => low..=high,
        _ => 32768..=65535,
    }
}

/// The text as TOML writes it, in which people see each letter.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for ch in text.chars() {
        match ch {
            '"' | '\\' => quoted.extend(['\\', ch]),
            ch if is_readable(ch) => quoted.push(ch),
            ch => quoted += &format!("\\U{:08X}", u32::from(ch)),
        }
    }
    quoted + "\""
}
