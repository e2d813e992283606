//! A host of the simulated world, and the program that it runs.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use berkeley_host::policy::Rules;
use wasmtime::component::Component;

use crate::disk::Content;

/// A host: its name, its program, and what that is given.
///
/// ```
/// use std::time::Duration;
///
/// use berkeley_simulation::Host;
/// # fn host(component: wasmtime::component::Component) -> Host {
/// Host::new("database", component)
///     .arg("--verbose")
///     .variable("PORT", "5432")
///     .file("/etc/database.toml", "sync = true")
///     .starts_at(Duration::from_secs(1))
///     .serves()
/// # }
/// ```
#[derive(Clone)]
pub struct Host {
    pub(crate) name: Arc<str>,
    pub(crate) component: Component,
    pub(crate) arguments: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) content: Vec<(String, Content)>,
    pub(crate) readable: Vec<(PathBuf, String)>,
    pub(crate) rules: Option<Rules>,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) start: Duration,
    pub(crate) serves: bool,
}

impl Host {
    /// A host of that name, which others find it by. The component is compiled by an engine that [`configure`]d.
    ///
    /// [`configure`]: crate::configure
    pub fn new(name: impl Into<Arc<str>>, component: Component) -> Self {
        let name = name.into();
        Self {
            arguments: vec![name.to_string()],
            name,
            component,
            variables: Vec::new(),
            content: Vec::new(),
            readable: Vec::new(),
            rules: None,
            addresses: Vec::new(),
            start: Duration::ZERO,
            serves: false,
        }
    }

    /// The host's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds an argument. The first one, the program's own name, is the host's name.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Puts a file on the host's disk.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        self.content.push((path.into(), Content::Bytes(bytes.as_ref().into())));
        self
    }

    /// Puts a copy of a file or a directory of this machine's on the host's disk. It is made anew for each run.
    #[must_use]
    pub fn copy(mut self, from: impl Into<PathBuf>, to: impl Into<String>) -> Self {
        self.content.push((to.into(), Content::Copy(from.into())));
        self
    }

    /// Lets the guest read a directory of this machine's, which is not copied.
    #[must_use]
    pub fn readable(mut self, directory: impl Into<PathBuf>, path: impl Into<String>) -> Self {
        self.readable.push((directory.into(), path.into()));
        self
    }

    /// What the guest may do on the network; everything unless set, for there is none outside of the simulation.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// Gives it an address, instead of the one that it gets by itself.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.addresses.push(address);
        self
    }

    /// Starts it only then.
    #[must_use]
    pub fn starts_at(mut self, start: Duration) -> Self {
        self.start = start;
        self
    }

    /// Its program serves the others, and has no end of its own: the run is over when the others are.
    #[must_use]
    pub fn serves(mut self) -> Self {
        self.serves = true;
        self
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("name", &self.name).field("arguments", &self.arguments).finish_non_exhaustive()
    }
}
