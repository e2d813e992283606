//! `--within`: what bounds a guest's policy, such as the file of a node. Both must allow.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use berkeley_host::SocketCtxBuilder;
use berkeley_host::policy::{Names, Operation, Policy, Question, Refusal, Rules, Transport};

use super::args::PolicyArgs;

/// A policy, and one that bounds it.
struct Within {
    own: Rules,
    bound: Rules,
    /// The bound's file.
    name: String,
}

impl Within {
    fn within(&self, refusal: Refusal) -> Refusal {
        let name = &self.name;
        let denial = match (refusal.denial(), refusal.grant()) {
            (Some(denial), _) => format!("{name}: {denial}"),
            (None, Some(grant)) => format!("{name}, which bounds what may be allowed, and has no rule such as {grant}"),
            (None, None) => format!("{name}, which bounds what may be allowed"),
        };
        refusal.with_denial(denial)
    }
}

impl Policy for Within {
    fn check(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        self.own.check(operation, names)?;
        self.bound.check(operation, names).map_err(|refusal| self.within(refusal))
    }

    fn heeds(&self, host: &str) -> bool {
        self.own.heeds(host) || self.bound.heeds(host)
    }

    fn shuns(&self, host: &str) -> bool {
        self.own.shuns(host) || self.bound.shuns(host)
    }

    fn object(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        self.own.object(operation, names)?;
        self.bound.object(operation, names).map_err(|refusal| self.within(refusal))
    }

    fn has_use_for(&self, transport: Transport) -> bool {
        self.own.has_use_for(transport) && self.bound.has_use_for(transport)
    }
}

impl PolicyArgs {
    /// Puts a guest under these rules of the policy, and under what bounds it.
    pub(crate) fn govern(&self, builder: SocketCtxBuilder, own: Rules) -> Result<SocketCtxBuilder> {
        let Some((bound, name)) = self.bound()? else { return Ok(builder.rules(own)?) };
        // Links lead where they lead only here.
        let real = |path: &Path| {
            std::fs::canonicalize(path).with_context(|| format!("cannot find the directory {}", path.display()))
        };
        let allowed: Vec<PathBuf> = bound.unix_directories().iter().filter_map(|(host, _)| real(host).ok()).collect();
        for (host, _) in own.unix_directories() {
            let host = real(host)?;
            ensure!(
                allowed.iter().any(|allowed| host.starts_with(allowed)),
                outside(&format!("unix={}", host.display()), &name)
            );
        }
        // What it denies of directories is looked for where paths have led, which the library does for a policy's own.
        let mut both = Rules::builder();
        for rule in own.allowing() {
            both = both.allow(rule.clone());
        }
        for rule in own.denying().iter().chain(bound.denying()) {
            both = both.deny(rule.clone());
        }
        let own = both.build()?;
        Ok(builder.rules(own.clone())?.policy(Within { own, bound, name }))
    }

    /// Fails unless sockets that are opened beforehand, as questions, are such as the bound allows; and the directories of
    /// the rules, as far as their paths tell.
    pub(crate) fn admit(&self, sockets: impl Iterator<Item = Result<Option<String>>>) -> Result<()> {
        let Some((bound, name)) = self.bound()? else { return Ok(()) };
        for question in sockets {
            let Some(question) = question? else { bail!("no descriptor is taken where --within bounds the policy") };
            let answer = question.parse::<Question>()?.ask(&bound).is_allowed();
            ensure!(answer, outside(&question, &name));
        }
        let allowed = bound.unix_directories();
        for (host, _) in self.rules()?.unix_directories() {
            let is_within = allowed.iter().any(|(allowed, _)| host.starts_with(allowed));
            ensure!(is_within, outside(&format!("unix={}", host.display()), &name));
        }
        Ok(())
    }

    fn bound(&self) -> Result<Option<(Rules, String)>> {
        let Some(file) = &self.within else { return Ok(None) };
        let bound = Self::of_file(file.clone());
        Ok(Some((bound.rules()?, file.display().to_string())))
    }
}

fn outside(what: &str, name: &str) -> String {
    format!("`{what}` is outside of what {name} allows at most")
}
