//! The command `berkeley` on the node: what is asked of it before a container has it.

use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Seek as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

/// The user that compiles where root starts it: nobody, who may do nothing.
const NOBODY: u32 = 65534;

/// What a compilation may take: seconds of the processor, and bytes of addresses.
const MOST_SECONDS: u64 = 600;
const MOST_BYTES: u64 = 16 << 30;

/// The command, by its place on the node.
pub(crate) struct Program<'a> {
    path: &'a Path,
    found: Metadata,
}

/// What became of a compilation.
pub(crate) enum Compiled {
    /// The file has the code.
    Done,
    /// It could not be done here, for this reason; the container may.
    Failed(String),
}

impl<'a> Program<'a> {
    /// The command, which containers can be given.
    pub(crate) fn find(path: &'a Path) -> Result<Self> {
        let shown = path.display();
        let remedy = "install it there, static, or say where it is: `program` in the node's file";
        let found = fs::metadata(path).with_context(|| format!("cannot find the program {shown}: {remedy}"))?;
        if !path.is_absolute() || !found.is_file() || found.permissions().mode() & 0o111 == 0 {
            bail!("{shown} is not the path of a program: {remedy}");
        }
        Ok(Self { path, found })
    }

    pub(crate) fn path(&self) -> &Path {
        self.path
    }

    /// What tells this program, as it is now, from others.
    pub(crate) fn identity(&self) -> [u64; 5] {
        let Metadata { .. } = self.found;
        [
            self.found.dev(),
            self.found.ino(),
            self.found.size(),
            self.found.ctime() as u64,
            self.found.ctime_nsec() as u64,
        ]
    }

    /// Fails unless these are options of `berkeley run`, which is not run.
    pub(crate) fn check(&self, options: &[String]) -> Result<()> {
        let mut check = self.command();
        check.args(["run", "--check"]).args(options).args(["--", "guest.wasm"]).stdin(Stdio::null());
        let output = check.output().with_context(|| self.cannot_run())?;
        if !output.status.success() {
            bail!("{}", message(&output));
        }
        Ok(())
    }

    /// Compiles a component into a file. Fails where it is no component.
    pub(crate) fn compile(&self, component: &File, code: &File) -> Result<Compiled> {
        let start = |user: Option<u32>| -> std::io::Result<Child> {
            (&*component).rewind()?;
            let mut compile = self.command();
            compile.args(["compile", "-", "-"]).stdin(component.try_clone()?).stdout(code.try_clone()?);
            if let Some(user) = user {
                compile.uid(user).gid(user);
            }
            compile.stderr(Stdio::piped()).spawn()
        };
        let nobody = rustix::process::geteuid().is_root().then_some(NOBODY);
        let started = match start(nobody) {
            // Where namespaces have no such user, it is this one's own.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::PermissionDenied) => start(None),
            started => started,
        };
        let child = started.with_context(|| self.cannot_run())?;
        bound(&child);
        let output = child.wait_with_output()?;
        match output.status.code() {
            Some(0) => Ok(Compiled::Done),
            Some(1) => bail!("{}", message(&output)),
            Some(code) => Ok(Compiled::Failed(format!("it ended with the exit code {code}: {}", message(&output)))),
            None => Ok(Compiled::Failed(format!("signal {}", output.status.signal().unwrap_or_default()))),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.path);
        command.env_clear().current_dir("/");
        command
    }

    fn cannot_run(&self) -> String {
        format!("cannot run {}", self.path.display())
    }
}

/// Bounds what the process may take.
fn bound(child: &Child) {
    let Some(process) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    for (resource, most) in [(Resource::Cpu, MOST_SECONDS), (Resource::As, MOST_BYTES), (Resource::Core, 0)] {
        // It has less already, or is at its end.
        let _ = prlimit(Some(process), resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

/// What the command has said, without its own name.
fn message(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let text = text.trim();
    text.strip_prefix("berkeley: ").or_else(|| text.strip_prefix("error: ")).unwrap_or(text).to_owned()
}
