//! Clocks that are waited for: timerfd_create(2).

use core::cell::Cell;
use core::ffi::{c_int, c_short};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use berkeley_guest::error::Errno;

use crate::description::{Description, Turns, fill, room};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out, plain};
use crate::number::event::POLLIN;
use crate::number::file::{self, O_RDONLY};
use crate::poll::{NANOSECONDS, Time};
use crate::table;
use crate::wait::{Wait, Watched, sleep};

/// `struct itimerspec`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Setting {
    interval: Time,
    value: Time,
}

plain!(Setting);

/// The clocks, as Linux's headers number them.
const CLOCK_REALTIME: c_int = 0;
const CLOCK_MONOTONIC: c_int = 1;
const CLOCK_BOOTTIME: c_int = 7;
/// The value is a point in time; the other flag, TFD_TIMER_CANCEL_ON_SET, is for a clock that is set.
const TFD_TIMER_ABSTIME: c_int = 1;
const TFD_TIMER_CANCEL_ON_SET: c_int = 2;

/// When it is over next, and how long it takes from then on each time; nothing is only once.
#[derive(Clone, Copy)]
struct Running {
    next: Instant,
    interval: Duration,
}

struct Timer {
    clock: c_int,
    running: Cell<Option<Running>>,
    nonblocking: Cell<bool>,
    turns: Turns,
}

impl Timer {
    /// How often it was over since the last time that this was asked.
    fn take(&self) -> u64 {
        let now = Instant::now();
        let Some(running) = self.running.get().filter(|running| running.next <= now) else { return 0 };
        let times = match running.interval.as_nanos() {
            0 => 1,
            interval => (now - running.next).as_nanos() / interval + 1,
        };
        let next = Duration::from_nanos(u64::try_from(running.interval.as_nanos() * times).unwrap_or(u64::MAX));
        let goes_on = !running.interval.is_zero();
        self.running.set(goes_on.then(|| Running { next: running.next + next, ..running }));
        times as u64
    }

    /// What is left, as a setting; all zeros where it does not run.
    fn setting(&self) -> Setting {
        let (value, interval) = self.running.get().map_or((Duration::ZERO, Duration::ZERO), |running| {
            // What is over is not zero, which would be one that does not run.
            let left = running.next.saturating_duration_since(Instant::now());
            (left.max(Duration::from_nanos(1)), running.interval)
        });
        Setting { interval: interval.into(), value: value.into() }
    }

    fn set(&self, flags: c_int, setting: Setting) -> Result<()> {
        let interval = Duration::from_nanos(setting.interval.nanoseconds(NANOSECONDS)?);
        let value = Duration::from_nanos(setting.value.nanoseconds(NANOSECONDS)?);
        let left = match (flags & TFD_TIMER_ABSTIME != 0, self.clock) {
            (false, _) => value,
            (true, CLOCK_REALTIME) => value.saturating_sub(SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default()),
            (true, _) => value.saturating_sub(monotonic()),
        };
        let next = Instant::now().checked_add(left).ok_or(Errno::Einval)?;
        self.running.set((!value.is_zero()).then_some(Running { next, interval }));
        self.turns.reading();
        Ok(())
    }
}

/// What CLOCK_MONOTONIC says.
fn monotonic() -> Duration {
    Duration::from_nanos(wasip2::clocks::monotonic_clock::now())
}

impl Description for Timer {
    /// Linux has no kind for it either.
    fn kind(&self) -> u32 {
        0
    }

    fn access(&self) -> c_int {
        O_RDONLY
    }

    fn mode(&self) -> &Cell<bool> {
        &self.nonblocking
    }

    fn read(&self, buffers: &mut [&mut [u8]]) -> Result<usize> {
        if room(buffers) < size_of::<u64>() {
            return Err(Errno::Einval.into());
        }
        let mut times = self.take();
        while times == 0 {
            if self.nonblocking.get() {
                return Err(Errno::Eagain.into());
            }
            // One that does not run is never over, as in Linux.
            let next = self.running.get().map(|running| running.next);
            sleep(next.map(|next| next.saturating_duration_since(Instant::now()).as_nanos() as u64))?;
            times = self.take();
        }
        self.turns.reading();
        Ok(fill(buffers, &times.to_ne_bytes()))
    }

    fn watch(&self, events: c_short, wait: &mut Wait) -> Watched {
        match self.running.get() {
            Some(running) if events & POLLIN != 0 => wait.until(running.next),
            _ => wait.now(0),
        }
    }

    fn turns(&self) -> [u32; 2] {
        self.turns.count()
    }
}

exported! {
    /// timerfd_create(2). EINVAL: another clock.
    fn timerfd_create(clock: c_int, flags: c_int) -> c_int {
        let (nonblocking, cloexec) = file::modes(flags).ok_or(Errno::Einval)?;
        if ![CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME].contains(&clock) {
            return Err(Errno::Einval.into());
        }
        let nonblocking = Cell::new(nonblocking);
        let timer = Timer { clock, running: Cell::new(None), nonblocking, turns: Turns::default() };
        table::insert(Rc::new(timer), cloexec)
    }

    /// timerfd_settime(2)
    fn timerfd_settime(fd: c_int, flags: c_int, setting: In<Setting>, before: Out<Setting>) -> c_int {
        let setting = setting.get()?;
        let timer = table::find::<Timer>(fd, Errno::Einval)?;
        if flags & !(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) != 0 {
            return Err(Errno::Einval.into());
        }
        let was = timer.setting();
        timer.set(flags, setting)?;
        if !before.is_null() {
            before.put(was)?;
        }
        Ok(0)
    }

    /// timerfd_gettime(2)
    fn timerfd_gettime(fd: c_int, setting: Out<Setting>) -> c_int {
        setting.put(table::find::<Timer>(fd, Errno::Einval)?.setting())?;
        Ok(0)
    }
}
