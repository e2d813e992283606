//! A host while it runs: its disk, its clocks, and the program's store.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use berkeley_host::policy::AllowAll;
use berkeley_host::wasi::needs_p3;
use berkeley_host::{Command, Ended, Guest, SocketCtx, SocketCtxBuilder, Waiting};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use wasmtime::component::Linker;
use wasmtime::{Error, Result, Store};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder};

use crate::chance::Chance;
use crate::clock::{Clock, Skew, Time};
use crate::disk::{Disk, Place};
use crate::host::Host;
use crate::output::Output;
use crate::pace::{INTERVAL, Pace, Paced, Run};
use crate::simulation::Simulation;
use crate::trace::{Happening, Stream, Tracer};
use crate::waits::Watch;
use crate::wires::Wires;

/// How many bytes a guest may pass to the host in one call.
const MOST_AT_ONCE: usize = 512 << 20;

/// A program's end: of which host, in which of its lives, and how.
pub(crate) struct End {
    pub(crate) host: usize,
    pub(crate) life: u32,
    pub(crate) how: Result<Paced<Ended>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is to start, or to start again.
    Off,
    Running,
    /// Its program has ended by itself.
    Done,
}

/// One host.
pub(crate) struct Machine {
    pub(crate) host: Host,
    pub(crate) number: usize,
    seed: u64,
    /// How often it has started.
    pub(crate) life: u32,
    pub(crate) state: State,
    /// Whether the time has come at which it starts for the first time.
    pub(crate) is_due: bool,
    /// Whether the host has fallen.
    pub(crate) is_down: bool,
    /// Whether it stands still.
    is_paused: bool,
    pub(crate) clock: Clock,
    pub(crate) disk: Disk,
    watch: Watch,
    tracer: Tracer,
    outputs: [Output; 2],
    task: Option<JoinHandle<()>>,
    ends: UnboundedSender<End>,
}

impl Machine {
    pub(crate) fn new(
        simulation: &Simulation,
        number: usize,
        time: Time,
        tracer: &Tracer,
        (place, can_lose): (&Place, bool),
        ends: UnboundedSender<End>,
    ) -> Result<Self> {
        let host = simulation.hosts[number].clone();
        let disk = place
            .disk(number)
            .and_then(|directory| Disk::new(directory, host.content.clone(), can_lose))
            .map_err(|error| Error::msg(format!("the disk of {} cannot be made: {error}", host.name)))?;
        let pace = Arc::new(Pace::new(simulation.fuel, simulation.patience));
        Ok(Self {
            host,
            number,
            seed: simulation.seed,
            life: 0,
            state: State::Off,
            is_due: false,
            is_down: false,
            is_paused: false,
            clock: Clock { time, pace, skew: Arc::new(Skew::default()) },
            disk,
            watch: Watch::new(tracer.clone(), number),
            outputs: [Stream::Stdout, Stream::Stderr].map(|stream| Output::new(tracer.clone(), number, stream)),
            tracer: tracer.clone(),
            task: None,
            ends,
        })
    }

    /// Starts the program.
    pub(crate) fn start(&mut self, wires: &Wires) -> Result<()> {
        self.life += 1;
        self.state = State::Running;
        self.clock.pace = Arc::new(self.clock.pace.renewed());
        self.is_paused = false;
        self.watch = Watch::new(self.tracer.clone(), self.number);
        self.tracer.tell(Some(self.number), Happening::Start);
        let command = self.command()?;
        let guest = self.guest(wires)?;
        let mut store = Store::new(self.host.component.engine(), guest);
        store.set_hostcall_fuel(MOST_AT_ONCE);
        store.set_fuel(u64::MAX)?;
        store.fuel_async_yield_interval(Some(INTERVAL))?;
        let (engine, pace) = (store.engine().clone(), self.clock.pace.clone());
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| Ok(pace.at_epoch()));
        let run = Run::new(async move { command.run_in(&mut store).await }, self.clock.pace.clone(), engine);
        let (host, life, ends) = (self.number, self.life, self.ends.clone());
        self.task = Some(tokio::spawn(async move {
            let how = match run.await {
                Paced::Done(ended) => ended.map(Paced::Done),
                Paced::Endless(ended) => Ok(Paced::Endless(ended.and_then(Result::ok))),
            };
            // Nobody asks any more where the run is over.
            let _ = ends.send(End { host, life, how });
        }));
        Ok(())
    }

    /// Has the program and what comes for it stand still, or go on.
    pub(crate) fn set_paused(&mut self, is_paused: bool, wires: &Wires) {
        if is_paused == self.is_paused {
            return;
        }
        self.is_paused = is_paused;
        if is_paused {
            self.clock.pace.halt();
            wires.pause(self.number);
        } else {
            wires.resume(self.number);
            self.clock.pace.resume();
        }
    }

    /// Ends the program, wherever it is; one that has ended by itself has.
    pub(crate) async fn stop(&mut self) {
        if self.state == State::Done {
            return;
        }
        if let Some(task) = self.task.take() {
            task.abort();
            // Its sockets are closed then.
            let _ = task.await;
        }
        self.finish();
        self.state = State::Off;
    }

    /// Loses a part of what its program wrote and did not sync.
    pub(crate) fn lose(&self) -> Result<()> {
        // By the time alone, so that it is the same where other faults are left out.
        let at = self.clock.time.now().as_millis();
        let mut chance = Chance::new(self.seed, &format!("{} outage {at}", self.host.name));
        let lost = self.disk.lose(&mut chance, &self.clock);
        lost.map_err(|error| Error::msg(format!("the disk of {} cannot lose anything: {error}", self.host.name)))
    }

    /// Makes its disk what it was in the beginning.
    pub(crate) fn wipe(&self) -> Result<()> {
        let reset = self.disk.reset();
        reset.map_err(|error| Error::msg(format!("the disk of {} cannot be reset: {error}", self.host.name)))
    }

    /// Tells what was written last.
    pub(crate) fn finish(&self) {
        self.outputs.iter().for_each(Output::finish);
    }

    /// Whether its program would go on if the host were not paused.
    pub(crate) fn stands_still(&self) -> bool {
        self.state == State::Running && self.is_paused
    }

    /// What it does, for those who ask why it has not ended.
    pub(crate) fn told(&self) -> String {
        match self.state {
            State::Off if self.life == 0 => "has not started".into(),
            State::Off => "is down".into(),
            State::Done => "has ended".into(),
            State::Running if self.is_paused => format!("is paused, and {}", self.watch.told()),
            State::Running => match self.clock.pace.computing() {
                Some(time) => format!("has computed for {time:?}"),
                None => self.watch.told(),
            },
        }
    }

    fn command(&self) -> Result<Command> {
        let component = &self.host.component;
        let mut linker = Linker::new(component.engine());
        berkeley_host::wasi::p2::add_to_linker(&mut linker)?;
        berkeley_host::add_to_linker(&mut linker)?;
        let has_p3 = needs_p3(component);
        if has_p3 {
            berkeley_host::wasi::p3::add_to_linker(&mut linker)?;
            berkeley_host::add_stream_to_linker(&mut linker)?;
        }
        self.disk.add_to_linker(&mut linker, self.clock.clone(), has_p3)?;
        Command::with_linker(&linker, component)
    }

    fn guest(&self, wires: &Wires) -> Result<Guest> {
        let clock = self.clock.clone();
        let mut sockets = SocketCtx::builder()
            .waiting(Waiting::Yield)
            .observer(self.watch.clone())
            .tls_calendar(move || UNIX_EPOCH + clock.date());
        // The path of a unix socket is a name in this world. The directories of this machine that rules name are not looked for.
        let root = self.disk.path();
        sockets = match self.host.rules.clone() {
            Some(rules) => {
                let directories = rules.unix_directories().to_vec();
                let named = |sockets: SocketCtxBuilder, (_, guest): &(_, String)| sockets.unix_directory(root, guest);
                directories.iter().try_fold(sockets.policy(rules), named)?
            }
            None => sockets.policy(AllowAll).unix_directory(root, "/")?.unix_working_directory(root)?,
        };
        Ok(Guest::new(&mut self.wasi()?, wires.attach(self.number, sockets).build()))
    }

    fn wasi(&self) -> Result<WasiCtxBuilder> {
        let chance = |what| Chance::new(self.seed, &format!("{} {} {what}", self.host.name, self.life));
        let mut insecure = chance("seed");
        let [stdout, stderr] = self.outputs.clone();
        let mut wasi = WasiCtx::builder();
        wasi.stdout(stdout)
            .stderr(stderr)
            .allow_blocking_current_thread(true)
            .wall_clock(self.clock.clone())
            .monotonic_clock(self.clock.clone())
            .secure_random(chance("secure"))
            .insecure_random(chance("insecure"))
            .insecure_random_seed(u128::from(insecure.number()) << 64 | u128::from(insecure.number()))
            .args(&self.host.arguments)
            .envs(&self.host.variables)
            .preopened_dir(self.disk.path(), "/", FsPerms::ReadWrite)?;
        for (directory, path) in &self.host.readable {
            wasi.preopened_dir(directory, path, FsPerms::ReadOnly)?;
        }
        Ok(wasi)
    }
}
