//! A guest's program: its engine, and its code, compiled or kept from before.

use std::fs::File;
use std::io::Read as _;
use std::mem::ManuallyDrop;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use berkeley_host::wasi::{is_p3, needs_p3};
use berkeley_host::{Command, Ended, Guest};
use wasmparser::{BinaryReaderError, Parser, Payload};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Store, WasmBacktraceDetails};

#[cfg(unix)]
use crate::compiled::{Code, Kept};
use crate::contained::Contained;
use crate::failure::{in_one_line, of_guest};
use crate::progress::Progress;
use crate::{magic, module};

/// How many bytes a guest may pass to the host in one call; the host copies them. One that passes more is ended.
const MOST_AT_ONCE: usize = 512 << 20;

/// How many bytes a component has at least for its compilation to be told, and left to one process at a time.
#[cfg(unix)]
const LARGE: u64 = 4 << 20;

/// What a program exports, of whatever version.
pub(crate) const ENTRY: &str = "wasi:cli/run@";

/// How many handles a guest may have: one for each socket, and one more for each in a call of poll.
const MOST_HANDLES: usize = 1 << 22;

/// A component, compiled, which may be run many times.
pub(crate) struct Program {
    engine: Engine,
    command: Command,
    /// Whether it is written for WASI 0.3.
    is_concurrent: bool,
}

impl Program {
    /// Compiles the component of that file, or takes the code that was kept when it was compiled before.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        Self::load_as(path, &Contained::default())
    }

    /// The same, as is said of a guest that may be in a container.
    pub(crate) fn load_as(path: &Path, contained: &Contained) -> Result<Self> {
        #[cfg(unix)]
        if let Some(program) = contained.code().and_then(|code| Self::compiled(code, path)) {
            return Ok(program);
        }
        Self::new(&component_for(Purpose::Run, path, contained.keeps_code())?, path)
    }

    /// The component of that file, for a simulation.
    pub(crate) fn for_simulation(path: &Path) -> Result<Component> {
        let component = component_for(Purpose::Simulation, path, true)?;
        must_run(&component, path)?;
        Ok(component)
    }

    /// Compiles the component of that file, unless its code is kept already. Whether it is kept now.
    pub(crate) fn compile(path: &Path) -> Result<bool> {
        Self::load(path)?;
        #[cfg(unix)]
        {
            let kept = Kept::of(&File::open(path)?.metadata()?)?;
            Ok(Variant::all(Purpose::Run).into_iter().any(|variant| kept.find(variant.name()).is_some()))
        }
        #[cfg(not(unix))]
        Ok(false)
    }

    fn new(component: &Component, path: &Path) -> Result<Self> {
        must_run(component, path)?;
        let command = Command::new(component).map_err(|error| anyhow!("cannot run {}: {error:#}", path.display()))?;
        Ok(Self { engine: component.engine().clone(), command, is_concurrent: needs_p3(component) })
    }

    /// Runs it to its end.
    pub(crate) async fn run(&self, guest: Guest) -> Result<Ended> {
        self.run_in(&mut self.store(guest)).await
    }

    /// Runs it to its end, and leaves what it has open to the end of this process, which is to come next: the kernel
    /// then waits for no peer, whatever SO_LINGER says, not even of sockets that were sent and not received.
    pub(crate) async fn run_last(&self, guest: Guest) -> Result<Ended> {
        self.run_in(&mut ManuallyDrop::new(self.store(guest))).await
    }

    /// Whether it is written for WASI 0.3, and so waits for several things at once in the event loop.
    pub(crate) fn is_concurrent(&self) -> bool {
        self.is_concurrent
    }

    fn store(&self, guest: Guest) -> Store<Guest> {
        let mut store = Store::new(&self.engine, guest);
        store.set_hostcall_fuel(MOST_AT_ONCE);
        store.set_max_component_handles(MOST_HANDLES);
        store
    }

    async fn run_in(&self, store: &mut Store<Guest>) -> Result<Ended> {
        self.command.run_in(store).await.map_err(|error| anyhow!("the guest was ended: {}", of_guest(&error)))
    }
}

/// Fails unless it is a program.
fn must_run(component: &Component, path: &Path) -> Result<()> {
    let engine = component.engine();
    let exports: Vec<_> = component.component_type().exports(engine).map(|(name, _)| name.to_owned()).collect();
    ensure!(
        exports.iter().any(|name| name.starts_with(ENTRY)),
        "{} is no program: it exports no wasi:cli/run, but {}",
        path.display(),
        if exports.is_empty() { "nothing".to_owned() } else { exports.join(", ") }
    );
    Ok(())
}

/// The component of that file, compiled or as it was kept, and kept then if it may be.
fn component_for(purpose: Purpose, path: &Path, keeps: bool) -> Result<Component> {
    let mut file = open(path)?;
    #[cfg(not(unix))]
    let _ = keeps;
    #[cfg(unix)]
    let found = file.metadata()?;
    // Of a pipe nothing tells what comes out of it.
    #[cfg(unix)]
    if found.is_file() && keeps {
        match Kept::of(&found) {
            Ok(kept) => return load_kept(purpose, &kept, &mut file, path),
            Err(error) => tracing::warn!("compiled code is not kept: {error}"),
        }
    }
    let (version, bytes) = read(&mut file, path)?;
    compile(&Variant { version, purpose }.engine()?, &bytes, path)
}

#[cfg(unix)]
impl Program {
    /// The program whose code was compiled into that file, if it can be taken.
    fn compiled(code: &Path, path: &Path) -> Option<Self> {
        let load = || {
            let code = Code::open(code)?;
            let variants = Variant::all(Purpose::Run);
            let component = variants.into_iter().find_map(|variant| code.load(&variant.engine().ok()?));
            Self::new(&component.context("it is of another version of this program, or of another machine")?, path)
        };
        let shown = code.display();
        load().inspect_err(|error| crate::tell::tell!("the code in {shown} is not taken: {error:#}")).ok()
    }
}

/// The component from the code that is kept, on systems whose files tell who can write to them; else it is compiled and kept.
#[cfg(unix)]
fn load_kept(purpose: Purpose, kept: &Kept, file: &mut File, path: &Path) -> Result<Component> {
    let find = |variant: Variant| kept.find(variant.name())?.load(&variant.engine().ok()?);
    let load = || Variant::all(purpose).into_iter().find_map(find);
    if let Some(component) = load() {
        return Ok(component);
    }
    let is_large = file.metadata()?.len() >= LARGE;
    // One process compiles it; the others wait for what that one keeps.
    let lock = is_large.then(|| kept.lock());
    if lock.is_some()
        && let Some(component) = load()
    {
        return Ok(component);
    }
    let (version, bytes) = read(file, path)?;
    let variant = Variant { version, purpose };
    let component = compile(&variant.engine()?, &bytes, path)?;
    // It may have been changed while it was read.
    if kept.is_of(&file.metadata()?) {
        kept.store(&component, variant.name());
    }
    drop(lock);
    Ok(component)
}

/// How much stack a guest has, in bytes: more than native programs, which keep less there. CPython's own limits come first, so
/// that recursion is an exception there and no trap. The system gives memory for what is used of it alone.
const STACK: usize = 64 << 20;

/// How much is left on the same stack for this program's own functions, which the guest's deepest may call.
const HOST_STACK: usize = 2 << 20;

/// Which WASI a component is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    P2,
    P3,
}

/// What a component is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Run,
    Simulation,
}

/// What tells code of the same component apart.
#[derive(Clone, Copy, Debug)]
struct Variant {
    version: Version,
    purpose: Purpose,
}

impl Variant {
    #[cfg(unix)]
    fn all(purpose: Purpose) -> [Self; 2] {
        [Version::P2, Version::P3].map(|version| Self { version, purpose })
    }

    #[cfg(unix)]
    fn name(self) -> &'static str {
        match (self.version, self.purpose) {
            (Version::P2, Purpose::Run) => "p2",
            (Version::P3, Purpose::Run) => "p3",
            (Version::P2, Purpose::Simulation) => "p2-simulation",
            (Version::P3, Purpose::Simulation) => "p3-simulation",
        }
    }

    /// What compiles and runs components of this variant.
    fn engine(self) -> Result<Engine> {
        // Where concurrency is supported, every call from the guest costs more, so only those that need it pay.
        let concurrent = self.version == Version::P3;
        let mut config = Config::new();
        config.wasm_component_model_async(concurrent).concurrency_support(concurrent);
        // A component that says the lines of its code keeps them, to be read when it traps.
        config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
        config.max_wasm_stack(STACK).async_stack_size(STACK + HOST_STACK);
        if self.purpose == Purpose::Simulation {
            berkeley_simulation::configure(&mut config);
        }
        Ok(Engine::new(&config)?)
    }
}

/// The component of that file, and whether it was made of a core module.
pub(crate) fn read_path(path: &Path) -> Result<(Vec<u8>, bool)> {
    component(bytes(&mut open(path)?, path)?, path)
}

/// What was read, as a component, and whether it was made of a core module.
fn component(bytes: Vec<u8>, path: &Path) -> Result<(Vec<u8>, bool)> {
    if module::is_module(&bytes) { Ok((module::component_of(&bytes, path)?, true)) } else { Ok((bytes, false)) }
}

fn open(path: &Path) -> Result<File> {
    let unreadable = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(unreadable)?;
    ensure!(!file.metadata().with_context(unreadable)?.is_dir(), "{} is a directory, and no component", path.display());
    Ok(file)
}

/// The file's component, and what it is written for.
fn read(file: &mut File, path: &Path) -> Result<(Version, Vec<u8>)> {
    let (bytes, _) = component(bytes(file, path)?, path)?;
    Ok((wasi_version(&bytes, path)?, bytes))
}

/// The file's bytes, if they are WebAssembly.
fn bytes(file: &mut File, path: &Path) -> Result<Vec<u8>> {
    let unreadable = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    // What is none is not read to its end, which it may not have.
    file.take(magic::HEAD as u64).read_to_end(&mut bytes).with_context(unreadable)?;
    begins_rightly(&bytes, path)?;
    file.read_to_end(&mut bytes).with_context(unreadable)?;
    Ok(bytes)
}

/// Fails unless it begins as WebAssembly does.
fn begins_rightly(bytes: &[u8], path: &Path) -> Result<()> {
    ensure!(
        bytes.starts_with(b"\0asm"),
        "{} is not WebAssembly: it seems to be {}",
        path.display(),
        magic::seems(path, bytes)
    );
    Ok(())
}

fn compile(engine: &Engine, bytes: &[u8], path: &Path) -> Result<Component> {
    let _shown = Progress::of(format!("compiling {}, which it is only the first time", path.display()));
    Component::new(engine, bytes).map_err(|error| damaged(path, &format!("{error:#}")))
}

pub(crate) fn damaged(path: &Path, why: &str) -> anyhow::Error {
    anyhow!("{} is not a valid component: {}", path.display(), in_one_line(why))
}

/// The code of a component, as [`Contained::code`] is to have it. What was read is called by that path.
pub(crate) fn compile_alone(bytes: Vec<u8>, path: &Path) -> Result<Vec<u8>> {
    begins_rightly(&bytes, path)?;
    let (bytes, _) = component(bytes, path)?;
    let variant = Variant { version: wasi_version(&bytes, path)?, purpose: Purpose::Run };
    Ok(compile(&variant.engine()?, &bytes, path)?.serialize()?)
}

/// Which WASI the component is written for: 0.3 if it imports or exports anything of it.
fn wasi_version(bytes: &[u8], path: &Path) -> Result<Version> {
    let (imported, exported) = names(bytes, path)?;
    Ok(if imported.iter().chain(&exported).any(|name| is_p3(name)) { Version::P3 } else { Version::P2 })
}

/// The names of what the component itself imports, and of what it exports.
pub(crate) fn names(bytes: &[u8], path: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let read = || -> Result<_, BinaryReaderError> {
        let (mut imported, mut exported) = (Vec::new(), Vec::new());
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                Payload::ComponentImportSection(imports) if depth == 0 => {
                    for import in imports {
                        imported.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(exports) if depth == 0 => {
                    for export in exports {
                        exported.push(export?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok((imported, exported))
    };
    read().map_err(|error| damaged(path, &error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_component_is_told_so() {
        let path = Path::new("guest.wasm");
        let cut = wasi_version(b"\0asm\x0d\0\x01\0\x01\x05", path).expect_err("a part").to_string();
        assert!(cut.starts_with("guest.wasm is not a valid component: ") && !cut.contains('\n'), "{cut}");
        assert_eq!(wasi_version(b"\0asm\x0d\0\x01\0", path).expect("a component"), Version::P2);
    }
}
