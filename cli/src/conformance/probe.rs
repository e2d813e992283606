//! Running the probes: in this program, and under hosts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use berkeley_host::policy::AllowAll;
use berkeley_host::{Ended, Guest, Limits, SocketCtx, Waiting};
use tokio::runtime::Runtime;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::conformance::answer::{self, Line};
use crate::conformance::column::Column;
use crate::conformance::host::Host;
use crate::conformance::hosted::{Hosted, Patience, late};
use crate::conformance::platform::Platform;
use crate::conformance::report::{Cell, Check};
use crate::conformance::surface::Row;
use crate::program::Program;

/// How much a probe may write.
const LONGEST: usize = 1 << 20;

/// Where the build leaves the probes, seen from the command in `target/PROFILE`.
pub(super) fn directories() -> Result<Vec<PathBuf>> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let target = program.parent().and_then(Path::parent).context("this program is in no directory")?;
    let guests = target.join("guests/wasm32-wasip2/guest");
    Ok(vec![guests.clone(), guests.join("examples")])
}

/// The component of the platform. One that not every toolchain builds may be none.
pub(super) fn find(directories: &[PathBuf], platform: Platform) -> Result<Option<PathBuf>> {
    let mut paths = directories.iter().map(|directory| directory.join(platform.file()));
    match paths.find(|path| path.exists()) {
        None if platform != Platform::Wasip3 => {
            let place = directories.first().map(|path| path.display().to_string()).unwrap_or_default();
            bail!("the probes are not in {place}; `cargo xtask guests` builds them, --probes says where they are")
        }
        found => Ok(found),
    }
}

/// What the probes are run with.
pub(super) struct Probes {
    runtime: Runtime,
    data: tempfile::TempDir,
    patience: Patience,
}

impl Probes {
    /// Makes what they need: a directory with a file of bytes.
    pub(super) fn new(patience: Patience) -> Result<Self> {
        let data = tempfile::tempdir().context("cannot make a directory for the probes")?;
        let bytes: Vec<u8> = (0..100_000).map(|at| at as u8).collect();
        std::fs::write(data.path().join("bytes"), bytes).context("cannot write a file for the probes")?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { runtime, data, patience })
    }

    /// Runs each row's probe on the platform in this program. The probes of one that was not built find nothing.
    pub(super) fn run(
        &self,
        component: Option<&Path>,
        platform: Platform,
        rows: &[Row],
    ) -> Result<(Column, Vec<Cell>)> {
        let program = component.map(Program::load).transpose()?;
        let cell = |row: &Row| {
            let Some(program) = &program else { return Ok(Cell::not_probed()) };
            let cell = self.probe(program, row)?;
            Ok(if platform == Platform::Berkeley { judged(cell, row) } else { cell })
        };
        Ok((Column::own(platform), rows.iter().map(cell).collect::<Result<_>>()?))
    }

    /// Runs each row's probe on the platform under a host.
    pub(super) fn run_under(
        &self,
        host: &Host,
        component: Option<&Path>,
        platform: Platform,
        rows: &[Row],
    ) -> (Column, Vec<Cell>) {
        let (name, version) = (Some(host.name.clone()), host.version.clone());
        let column = Column { host: name, version, ..Column::own(platform) };
        let all = |cell: fn() -> Cell| rows.iter().map(|_| cell()).collect();
        let Some(component) = component else { return (column, all(Cell::not_probed)) };
        let hosted = Hosted { host, component, data: self.data.path(), patience: self.patience };
        match hosted.run(rows) {
            Ok(cells) => (column, cells),
            Err(error) => (Column { error: Some(error), ..column }, all(Cell::not_started)),
        }
    }

    fn probe(&self, program: &Program, row: &Row) -> Result<Cell> {
        let output = MemoryOutputPipe::new(LONGEST);
        let errors = MemoryOutputPipe::new(LONGEST);
        let sockets = SocketCtx::builder()
            .waiting(Waiting::Yield)
            .limits(Limits::default())
            .policy(AllowAll)
            .unix_directory(self.data.path(), "/data")?
            .build();
        let mut wasi = WasiCtxBuilder::new();
        wasi.stdout(output.clone()).stderr(errors.clone()).arg("conformance");
        for argument in row.arguments() {
            wasi.arg(argument);
        }
        wasi.preopened_dir(self.data.path(), "/data", FsPerms::ReadWrite)
            .map_err(|error| anyhow!("cannot give the probes a directory: {error}"))?;
        let guest = Guest::new(&mut wasi, sockets);
        // What a probe leaves there must not be in the next one's way.
        let _ = std::fs::remove_file(self.data.path().join("socket"));
        let ended = self.runtime.block_on(async { tokio::time::timeout(self.patience.row, program.run(guest)).await });
        let output = output.contents();
        let output = String::from_utf8_lossy(&output);
        let mut checks: Vec<Check> = output.lines().filter_map(check).collect();
        let problem = match ended {
            Err(_) => Some(late(self.patience.row)),
            Ok(Ok(Ended::Exit(0))) => None,
            Ok(Ok(Ended::Exit(code))) => Some(format!("the probe exits with {code}")),
            Ok(Ok(Ended::Trap(trap))) => {
                let said = String::from_utf8_lossy(&errors.contents()).trim().replace('\n', " ");
                Some(if said.is_empty() {
                    format!("it traps: {}", trap.root_cause())
                } else {
                    format!("it traps: {said}")
                })
            }
            Ok(Err(error)) => return Err(error.context(format!("the probe of {}", row.title()))),
        };
        if let Some(problem) = problem {
            checks.push(Check::unfinished(problem));
        }
        Ok(Cell::of(checks))
    }
}

/// What was found over Berkeley, once it is told apart from what the kernel lacks, and from what no guest shall have.
fn judged(mut cell: Cell, row: &Row) -> Cell {
    if row.is_withheld() {
        cell.withhold();
    } else if let Some(system) = row.system() {
        cell.belongs_elsewhere(system);
    } else {
        cell.excuse(|| row.lacking());
    }
    cell
}

/// What a line tells that was tried.
fn check(line: &str) -> Option<Check> {
    match answer::parse(line)? {
        Line::Check(check) => Some(check),
        _ => None,
    }
}
