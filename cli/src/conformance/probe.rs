//! Running the probes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use berkeley_host::policy::AllowAll;
use berkeley_host::{Ended, Guest, Limits, SocketCtx, Waiting};
use tokio::runtime::Runtime;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::conformance::platform::Platform;
use crate::conformance::report::{Cell, Check, Outcome};
use crate::conformance::surface::Row;
use crate::program::Program;

/// What hangs for so long hangs for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much a probe may write.
const LONGEST: usize = 1 << 20;

/// Where the build leaves the probes, seen from the command in `target/PROFILE`.
pub(super) fn directories() -> Result<Vec<PathBuf>> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let target = program.parent().and_then(Path::parent).context("this program is in no directory")?;
    let guests = target.join("guests/wasm32-wasip2/guest");
    Ok(vec![guests.clone(), guests.join("examples")])
}

/// The probes of platforms. One that was not built is none; its rows are not probed.
pub(super) struct Probes {
    programs: Vec<(Platform, Option<Program>)>,
    runtime: Runtime,
    data: tempfile::TempDir,
}

impl Probes {
    /// Loads the platforms' components from the directories.
    pub(super) fn load(directories: &[PathBuf], platforms: &[Platform]) -> Result<Self> {
        let mut programs = Vec::new();
        for platform in platforms {
            let mut paths = directories.iter().map(|directory| directory.join(platform.file()));
            let program = match paths.find(|path| path.exists()) {
                Some(path) => Some(Program::load(&path)?),
                // Not every toolchain builds it.
                None if *platform == Platform::Wasip3 => None,
                None => {
                    let place = directories.first().map(|path| path.display().to_string()).unwrap_or_default();
                    bail!(
                        "the probes are not in {place}; `cargo xtask guests` builds them, --probes says where they are"
                    )
                }
            };
            programs.push((*platform, program));
        }
        let data = tempfile::tempdir().context("cannot make a directory for the probes")?;
        let bytes: Vec<u8> = (0..100_000).map(|at| at as u8).collect();
        std::fs::write(data.path().join("bytes"), bytes).context("cannot write a file for the probes")?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { programs, runtime, data })
    }

    /// Runs each row's probe on each platform, one after the other.
    pub(super) fn run(&self, rows: Vec<Row>) -> Result<Vec<(Row, Vec<Cell>)>> {
        let run = |row: Row| {
            let cell = |(platform, program): &(Platform, Option<Program>)| {
                let Some(program) = program else { return Ok(Cell::not_probed()) };
                let cell = self.probe(program, &row)?;
                Ok(if *platform == Platform::Berkeley { judged(cell, &row) } else { cell })
            };
            let cells = self.programs.iter().map(cell).collect::<Result<_>>()?;
            Ok((row, cells))
        };
        rows.into_iter().map(run).collect()
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
        let ended = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, program.run(guest)).await });
        let mut checks: Vec<Check> = String::from_utf8_lossy(&output.contents()).lines().filter_map(parse).collect();
        let problem = match ended {
            Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
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
            checks.push(Check { what: "the rest".into(), outcome: Outcome::Fails(problem) });
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

/// A line of a probe's: how it went, what was tried, and why it failed.
fn parse(line: &str) -> Option<Check> {
    let mut fields = line.splitn(3, '\t');
    let (how, what, why) = (fields.next()?, fields.next()?, fields.next().unwrap_or_default());
    let outcome = match how {
        "works" => Outcome::Works,
        "missing" => Outcome::Missing(why.to_owned()),
        "fails" => Outcome::Fails(why.to_owned()),
        _ => return None,
    };
    Some(Check { what: what.to_owned(), outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probes_lines_are_understood() {
        assert_eq!(parse("works\ta thing"), Some(Check { what: "a thing".into(), outcome: Outcome::Works }));
        let missing = Some(Check { what: "a".into(), outcome: Outcome::Missing("b".into()) });
        assert_eq!(parse("missing\ta\tb"), missing);
        assert_eq!(parse("a warning of somebody's"), None);
    }
}
