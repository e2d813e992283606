//! `berkeley policy check`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use berkeley_host::policy::{Answer, Decision, Question, Rule};
use clap::Args;
use serde::Serialize;

use super::args::PolicyArgs;
use crate::config::{self, Config};
use crate::help::GRAMMAR;
use crate::tell::tell;

/// Tells whether a policy allows an operation, and which rule decides
///
/// The policy is that of FILE, of the options, or of both. The question is in the words in which refusals are told, or
/// fewer: 'connect tcp db.internal:5432', 'connect tcp db.internal:5432 at 10.0.0.7', 'send udp 10.0.0.1:53', 'listen tcp
/// 0.0.0.0:8080', 'bind', 'accept', 'receive', 'join 239.1.2.3', 'resolve db.internal', 'reverse 10.0.0.1', 'connect
/// /run/app/socket', 'open raw', 'option SO_MARK', 'files', 'interfaces', 'hostname'.
///
/// A host that is told by its name is judged as if the guest had looked it up: its look-up must be allowed too, and rules
/// for networks hold for it only once its address is told with `at`.
///
/// The exit code is 0 if it is allowed, 1 if it is not, 2 if the question or the policy cannot be understood.
#[derive(Args)]
#[command(after_long_help = GRAMMAR, override_usage = "berkeley policy check [OPTIONS] [FILE] QUESTION")]
pub(crate) struct Check {
    #[command(flatten)]
    policy: PolicyArgs,

    /// Answers as JSON
    #[arg(long)]
    json: bool,

    /// The policy's file, or a project's berkeley.toml, if it has one, and the question, in quotes
    #[arg(required = true, value_name = "QUESTION")]
    words: Vec<String>,
}

/// The answer, for programs.
#[derive(Serialize)]
struct Told {
    allowed: bool,
    operation: String,
    /// The rule that decides, and where it is written.
    rule: Option<String>,
    origin: Option<String>,
    /// The narrowest rule that would allow it.
    suggestion: Option<String>,
}

impl Check {
    /// Tells the answer on stdout.
    pub(super) fn execute(self) -> ExitCode {
        match self.answer() {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(1),
            Err(error) => {
                tell!("{error:#}");
                ExitCode::from(2)
            }
        }
    }

    fn answer(mut self) -> Result<bool> {
        let question = match self.words.as_mut_slice() {
            [question] => question,
            // What a project's guest is granted.
            [file, question] if Path::new(file).file_name() == Some(config::NAME.as_ref()) => {
                let config = Config::read(Path::new(file))?.options().policy;
                self.policy = std::mem::take(&mut self.policy).over(config);
                question
            }
            [file, question] if self.policy.file.is_none() => {
                self.policy.file = Some(std::mem::take(file).into());
                question
            }
            [_, _] => bail!("the policy's file is told twice"),
            _ => bail!("the question is one word to the shell: write it in quotes"),
        };
        let question: Question = question.parse()?;
        let rules = self.policy.rules()?;
        let answer = question.ask(&rules);
        let mut text = if self.json { serde_json::to_string(&told(&answer))? } else { sentence(&answer) };
        if answer.by_name_alone && !self.json {
            text += "\nnote: judged by its name; rules for networks hold too: add `at ADDRESS` to ask with its address";
        }
        crate::tell::answer(&(text + "\n"))?;
        Ok(answer.is_allowed())
    }
}

fn told(answer: &Answer<'_>) -> Told {
    let rule = match answer.decision {
        Decision::Allowed(rule) | Decision::Denied(rule) => Some(rule),
        Decision::Free | Decision::Missing => None,
    };
    Told {
        allowed: answer.is_allowed(),
        operation: answer.operation.clone(),
        rule: rule.map(Rule::to_string),
        origin: rule.and_then(Rule::origin).map(str::to_owned),
        suggestion: answer.suggestion.as_ref().map(Rule::to_string),
    }
}

fn sentence(answer: &Answer<'_>) -> String {
    let operation = &answer.operation;
    match (answer.decision, &answer.suggestion) {
        (Decision::Allowed(rule), _) => format!("allowed to {operation}: by {}", written(rule)),
        (Decision::Free, _) => format!("allowed to {operation}: no rule is needed"),
        (Decision::Denied(rule), _) => format!("not allowed to {operation}: denied by {}", written(rule)),
        (Decision::Missing, Some(rule)) => {
            format!("not allowed to {operation}: no rule allows it; `{rule}` would")
        }
        (Decision::Missing, None) => format!("not allowed to {operation}: no rule allows it, and none can"),
    }
}

/// The rule, and where it is written.
fn written(rule: &Rule) -> String {
    match rule.origin() {
        Some(origin) => format!("`{rule}` ({origin})"),
        None => format!("`{rule}`"),
    }
}
