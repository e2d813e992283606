//! One run: all hosts on one thread, whose clock goes on only when all of them wait.

use std::collections::VecDeque;
use std::time::Duration;

use berkeley_host::{Ended, guest_frames};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until};
use wasmtime::{Error, Result};

use crate::active::Active;
use crate::clock::Time;
use crate::disk::Place;
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

/// What is to be done at a time: of the host, or of the fault, of that number.
#[derive(Clone, Copy)]
enum Step {
    Start(usize),
    Begin(usize),
    End(usize),
}

struct Runner<'a> {
    simulation: &'a Simulation,
    faults: Vec<Fault>,
    active: Active,
    time: Time,
    tracer: Tracer,
    machines: Vec<Machine>,
    wires: Wires,
    /// Where the disks are. It is gone with the run.
    _place: Place,
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
        let faults = simulation.faults();
        let can_lose = faults.iter().any(|fault| matches!(fault.action, Action::Outage(_)));
        let place = Place::new().map_err(|error| Error::msg(format!("there is no place for disks: {error}")))?;
        let disks = (&place, can_lose);
        let machine = |number| Machine::new(simulation, number, time, &tracer, disks, sender.clone());
        let machines = (0..simulation.hosts.len()).map(machine).collect::<Result<_>>()?;
        let steps = steps(simulation, &faults);
        let wires = Wires::new(simulation, &tracer);
        let (active, failures) = Default::default();
        Ok(Self { simulation, faults, active, time, tracer, machines, wires, _place: place, steps, ends, failures })
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
        let is_own = |host: &str| *host == *machine.host.name;
        let starts = |step: &Step| match *step {
            Step::Start(number) => number == machine.number,
            Step::Begin(fault) => matches!(&self.faults[fault].action, Action::Restart(host) if is_own(host)),
            Step::End(fault) => match &self.faults[fault].action {
                Action::Crash(host) | Action::Outage(host) | Action::Wipe(host) => is_own(host),
                _ => false,
            },
        };
        match machine.state {
            State::Running => false,
            State::Done => true,
            State::Off => !self.steps.iter().any(|(_, step)| starts(step)),
        }
    }

    async fn step(&mut self) -> Result<()> {
        let Some((_, step)) = self.steps.pop_front() else { return Ok(()) };
        let fault = match step {
            Step::Start(number) => {
                self.machines[number].is_due = true;
                return self.settle(number).await;
            }
            Step::Begin(number) => {
                let Fault { action, lasts, .. } = &self.faults[number];
                self.tracer.tell(None, Happening::Fault { fault: action.to_string(), lasts: *lasts });
                self.active.begin(number, action);
                number
            }
            Step::End(number) => {
                if !self.active.end(number) {
                    return Ok(());
                }
                self.tracer.tell(None, Happening::Over { fault: self.faults[number].action.to_string() });
                number
            }
        };
        let action = self.faults[fault].action.clone();
        self.wires.settle(&action, &self.active);
        let Some(number) = action.host().and_then(|name| self.number(name)) else { return Ok(()) };
        if matches!(action, Action::Restart(_)) {
            self.fall(number).await;
        }
        self.settle(number).await?;
        match (step, action) {
            (Step::Begin(_), Action::Wipe(_)) => self.machines[number].wipe(),
            (Step::Begin(_), Action::Outage(_)) => self.machines[number].lose(),
            _ => Ok(()),
        }
    }

    /// Has the host be as it is by all that lasts.
    async fn settle(&mut self, number: usize) -> Result<()> {
        let name = self.machines[number].host.name.clone();
        let is_paused = self.active.is_paused(&name);
        self.machines[number].clock.skew.set(self.active.skew(&name));
        self.machines[number].disk.set_full(self.active.is_full(&name));
        if self.active.is_down(&name) {
            self.fall(number).await;
        } else {
            self.rise(number);
        }
        self.machines[number].set_paused(is_paused, &self.wires);
        Ok(())
    }

    /// The host falls, if it is there.
    async fn fall(&mut self, number: usize) {
        let machine = &mut self.machines[number];
        if !machine.is_down {
            machine.is_down = true;
            // It falls off the network before its sockets are closed, so that no peer is told.
            self.wires.crash(number);
            machine.stop().await;
        }
    }

    /// The host is there, and so its program runs, if it is to. One that has come to its end by itself stays there.
    fn rise(&mut self, number: usize) {
        let machine = &mut self.machines[number];
        if std::mem::take(&mut machine.is_down) {
            self.wires.restart(number);
        }
        if machine.is_due
            && machine.state == State::Off
            && let Err(error) = machine.start(&self.wires)
        {
            let host = machine.host.name.clone();
            machine.state = State::Done;
            self.failures.push(Failure::Broken { host, why: format!("{error:#}") });
        }
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.machines.iter().position(|machine| &*machine.host.name == name)
    }

    /// A program has ended.
    fn ended(&mut self, end: End) {
        let machine = &mut self.machines[end.host];
        if machine.life != end.life || machine.state != State::Running {
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
                let (why, frames) = (trap.root_cause().to_string(), guest_frames(&trap).unwrap_or_default());
                self.tracer.tell(Some(end.host), Happening::Trap { why: why.clone() });
                self.failures.push(Failure::Trap { host, why, frames });
            }
            Ok(Paced::Endless(ended)) => {
                let frames = match ended {
                    Some(Ended::Trap(trap)) => guest_frames(&trap).unwrap_or_default(),
                    Some(Ended::Exit(_)) | None => String::new(),
                };
                self.failures.push(Failure::Endless { host, time: self.simulation.patience, frames });
            }
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
        // Who stands still, or is yet to be set right, might go on.
        let could_go_on = !self.steps.is_empty() || self.machines.iter().any(Machine::stands_still);
        for machine in &self.machines {
            machine.clock.pace.halt();
        }
        // Who is not woken now waits for what never comes.
        sleep(AFTERWARDS).await;
        let has_stirred = self.machines.iter().any(|machine| machine.clock.pace.has_stirred());
        self.failures.push(if could_go_on || has_stirred {
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
    let begins = faults.iter().enumerate().map(|(number, fault)| (fault.at, Step::Begin(number)));
    let lasting = faults.iter().enumerate().filter(|(_, fault)| fault.action.lasts());
    let ends = lasting.filter_map(|(number, fault)| Some((fault.at + fault.lasts?, Step::End(number))));
    let mut all: Vec<_> = starts.chain(begins).chain(ends).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into()
}
