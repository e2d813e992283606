//! One run: all hosts on one thread, whose clock goes on only when all of them wait.

use std::collections::VecDeque;
use std::time::Duration;

use berkeley_host::Ended;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until};
use wasmtime::{Error, Result};

use crate::clock::Time;
use crate::fault::{Action, Fault};
use crate::machine::{End, Machine, State};
use crate::pace::Paced;
use crate::report::Report;
use crate::simulation::Simulation;
use crate::trace::{Happening, Tracer};
use crate::verdict::Failure;
use crate::wires::Wires;

/// How long after its end it is awaited whether anything would still have happened.
const AFTERWARDS: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs it.
pub(crate) fn run(simulation: &Simulation) -> Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    let report = runtime.block_on(async { Runner::new(simulation)?.run().await });
    // Nothing of a run is on another thread.
    drop(runtime);
    report
}

/// What is to be done at a time.
enum Step {
    Start(usize),
    Do(Action, Option<Duration>),
}

struct Runner<'a> {
    simulation: &'a Simulation,
    faults: Vec<Fault>,
    time: Time,
    tracer: Tracer,
    machines: Vec<Machine>,
    wires: Wires,
    /// What is still to be done, in the order of time.
    steps: VecDeque<(Duration, Step)>,
    ends: UnboundedReceiver<End>,
    failures: Vec<Failure>,
}

impl<'a> Runner<'a> {
    fn new(simulation: &'a Simulation) -> Result<Self> {
        let time = Time::begin(simulation.date);
        let names = simulation.hosts.iter().map(|host| host.name.clone()).collect();
        let tracer = Tracer::new(names, time);
        let (sender, ends) = unbounded_channel();
        let machine = |number| Machine::new(simulation, number, time, &tracer, sender.clone());
        let machines = (0..simulation.hosts.len()).map(machine).collect::<Result<_>>()?;
        let faults = simulation.faults();
        let steps = steps(simulation, &faults);
        let wires = Wires::new(simulation, &tracer);
        Ok(Self { simulation, faults, time, tracer, machines, wires, steps, ends, failures: Vec::new() })
    }

    async fn run(mut self) -> Result<Report> {
        let limit = self.time.instant(self.simulation.limit);
        while self.failures.is_empty() && !self.is_over() {
            let next = self.steps.front().map_or(limit, |(at, _)| self.time.instant(*at).min(limit));
            tokio::select! {
                biased;
                Some(end) = self.ends.recv() => self.ended(end),
                () = sleep_until(next) => {
                    if Instant::now() >= limit {
                        self.late().await;
                        break;
                    }
                    self.step().await?;
                }
            }
        }
        let time = self.time.now().min(self.simulation.limit);
        for machine in &mut self.machines {
            machine.finish();
        }
        let trace = self.tracer.take();
        self.failures.extend(self.simulation.checks.iter().filter_map(|check| check.judge(&trace)));
        Ok(Report { seed: self.simulation.seed, faults: self.faults, failures: self.failures, trace, time })
    }

    /// Whether nothing more is awaited.
    fn is_over(&self) -> bool {
        let mut awaited = self.machines.iter().filter(|machine| !machine.host.serves).peekable();
        awaited.peek().is_some() && awaited.all(|machine| self.has_ended(machine))
    }

    /// Whether the host's program has come to an end, and does not start again.
    fn has_ended(&self, machine: &Machine) -> bool {
        let starts = |step: &Step| match step {
            Step::Start(number) => self.simulation.hosts[*number].name == machine.host.name,
            Step::Do(Action::Restart { host, .. }, _) => **host == *machine.host.name,
            Step::Do(..) => false,
        };
        !machine.is_running() && !self.steps.iter().any(|(_, step)| starts(step))
    }

    async fn step(&mut self) -> Result<()> {
        let Some((_, step)) = self.steps.pop_front() else { return Ok(()) };
        match step {
            Step::Start(number) => self.start(number),
            Step::Do(action, lasts) => {
                self.tracer.tell(None, Happening::Fault { fault: action.to_string(), lasts });
                self.act(&action).await?;
            }
        }
        Ok(())
    }

    fn start(&mut self, number: usize) {
        let machine = &mut self.machines[number];
        if let Err(error) = machine.start(&self.wires) {
            let host = machine.host.name.clone();
            machine.state = State::Done;
            self.failures.push(Failure::Broken { host, why: format!("{error:#}") });
        }
    }

    async fn act(&mut self, action: &Action) -> Result<()> {
        self.wires.act(action);
        let Some(number) = action.host().and_then(|name| self.number(name)) else { return Ok(()) };
        let machine = &mut self.machines[number];
        match action {
            Action::Pause(_) if machine.state == State::Running => {
                machine.state = State::Paused;
                machine.clock.pace.halt();
                self.wires.pause(number);
            }
            Action::Resume(_) if machine.state == State::Paused => {
                machine.state = State::Running;
                self.wires.resume(number);
                machine.clock.pace.resume();
            }
            Action::Crash(_) | Action::Wipe(_) => self.crash(number).await,
            // One that has come to its end by itself stays there.
            Action::Restart { keeps_files, .. } if machine.state != State::Done => {
                self.crash(number).await;
                if !keeps_files {
                    let reset = self.machines[number].disk.reset();
                    reset.map_err(|error| Error::msg(format!("a disk cannot be reset: {error}")))?;
                }
                self.wires.restart(number);
                self.start(number);
            }
            Action::Skew { by, .. } => machine.clock.skew.set(*by),
            Action::FillDisk(_) => machine.disk.set_full(true),
            Action::FreeDisk(_) => machine.disk.set_full(false),
            _ => {}
        }
        Ok(())
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.machines.iter().position(|machine| &*machine.host.name == name)
    }

    async fn crash(&mut self, number: usize) {
        let machine = &mut self.machines[number];
        if machine.state != State::Done {
            // It falls off the network before its sockets are closed, so that no peer is told.
            self.wires.crash(number);
            machine.stop().await;
        }
    }

    /// A program has ended.
    fn ended(&mut self, end: End) {
        let machine = &mut self.machines[end.host];
        if machine.life != end.life || !machine.is_running() {
            return;
        }
        machine.state = State::Done;
        machine.finish();
        let host = machine.host.name.clone();
        match end.how {
            Ok(Paced::Done(Ended::Exit(code))) => {
                self.tracer.tell(Some(end.host), Happening::Exit { code });
                let is_checked = self.simulation.checks.iter().any(|check| check.exit_of() == Some(&*host));
                if code != 0 && !is_checked {
                    self.failures.push(Failure::Exit { host, code });
                }
            }
            Ok(Paced::Done(Ended::Trap(trap))) => {
                let why = trap.root_cause().to_string();
                self.tracer.tell(Some(end.host), Happening::Trap { why: why.clone() });
                self.failures.push(Failure::Trap { host, why });
            }
            Ok(Paced::Endless) => self.failures.push(Failure::Endless { host, time: self.simulation.patience }),
            Err(error) => self.failures.push(Failure::Broken { host, why: format!("{error:#}") }),
        }
    }

    /// The time is over: tells why programs are not at their end.
    async fn late(&mut self) {
        if self.machines.iter().all(|machine| machine.host.serves) {
            return;
        }
        let left = self.machines.iter().filter(|machine| machine.state != State::Done);
        let hosts = left.map(|machine| (machine.host.name.clone(), machine.told())).collect();
        for machine in &self.machines {
            machine.clock.pace.halt();
        }
        // Who is not woken now waits for what never comes.
        sleep(AFTERWARDS).await;
        let has_stirred = self.machines.iter().any(|machine| machine.clock.pace.has_stirred());
        self.failures.push(if has_stirred {
            Failure::Late { limit: self.simulation.limit, hosts }
        } else {
            let last = self.machines.iter().filter_map(|machine| machine.clock.pace.last()).max();
            let since = last.map_or(Duration::ZERO, |last| self.time.since(last));
            Failure::Deadlock { since, hosts }
        });
    }
}

/// All that is known beforehand, in the order of time.
fn steps(simulation: &Simulation, faults: &[Fault]) -> VecDeque<(Duration, Step)> {
    let starts = simulation.hosts.iter().enumerate().map(|(at, host)| (host.start, Step::Start(at)));
    let begins = faults.iter().map(|fault| (fault.at, Step::Do(fault.action.clone(), fault.lasts)));
    let ends =
        faults.iter().filter_map(|fault| Some((fault.at + fault.lasts?, Step::Do(fault.action.undone()?, None))));
    let mut all: Vec<_> = starts.chain(begins).chain(ends).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into()
}
