//! Processes that a host leaves behind, in groups of their own.

use std::process::Child;
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid};

/// How long they may take to end, once they are killed, and how often it is looked.
const GRACE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(5);

/// Who becomes a child of this process when its parent ends.
pub(super) struct Orphans {
    /// Those that were children before.
    others: Vec<Pid>,
}

impl Orphans {
    /// Takes orphans from now on.
    pub(super) fn adopt() -> Self {
        // A kernel without it gives orphans to another process, and they stay.
        let _ = set_child_subreaper(Some(getpid()));
        Self { others: children() }
    }

    /// Ends those that have come, and those that come of it, but not the host's own process, whose end others wait for.
    pub(super) fn end(&self, host: &Child) {
        let until = Instant::now() + GRACE;
        let is_host = |child: &Pid| *child == Pid::from_child(host);
        loop {
            let mut found = children();
            found.retain(|child| !self.others.contains(child) && !is_host(child));
            if found.is_empty() || Instant::now() > until {
                return;
            }
            for child in found {
                let _ = kill_process(child, Signal::KILL);
                let _ = waitpid(Some(child), WaitOptions::NOHANG);
            }
            thread::sleep(PAUSE);
        }
    }
}

/// The children of this process.
fn children() -> Vec<Pid> {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return Vec::new() };
    let lists = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let children = lists.flat_map(|list| list.split(' ').filter_map(|id| id.trim().parse().ok()).collect::<Vec<i32>>());
    children.filter_map(Pid::from_raw).collect()
}
