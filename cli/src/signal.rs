//! Signals, for guests that handle some themselves: told over a socket, and answered there.
//!
//! The guest sends two bytes: the number of a signal, as Linux has it, and what it does with it. It is sent the number of a
//! signal that it handles when that has come. A guest that takes none for long does not look: what the signal does by itself
//! happens then.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, sleep_until};

/// The name of the guest's socket among those that are open before it starts.
pub(crate) const NAME: &str = "signals";

/// How long a guest may leave a signal that it handles.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a guest says of a signal: it does what it does by itself; the guest handles it; it has taken one that was told.
const DEFAULT: u8 = 0;
const HANDLED: u8 = 1;
const TAKEN: u8 = 2;

/// The signal that does nothing by itself.
const SIGWINCH: u8 = 28;

/// The signals that a guest may handle, by Linux's numbers.
fn kind(number: u8) -> Option<SignalKind> {
    Some(match number {
        1 => SignalKind::hangup(),
        2 => SignalKind::interrupt(),
        3 => SignalKind::quit(),
        10 => SignalKind::user_defined1(),
        12 => SignalKind::user_defined2(),
        15 => SignalKind::terminate(),
        SIGWINCH => SignalKind::window_change(),
        _ => return None,
    })
}

/// Signals of one guest.
struct Signals {
    guest: UnixStream,
    /// Whether the guest handles each that it has ever handled: this process gets these from then on.
    handled: HashMap<u8, bool>,
    /// Those that were told and not taken yet, each with the moment when it is too late.
    told: HashMap<u8, Instant>,
    come: (Sender<u8>, Receiver<u8>),
}

/// Begins to tell a guest of signals, over the socket that is given. Needs a tokio runtime.
pub(crate) fn tell() -> io::Result<OwnedFd> {
    let (own, guest) = std::os::unix::net::UnixStream::pair()?;
    own.set_nonblocking(true)?;
    let guest_end = OwnedFd::from(guest);
    let signals =
        Signals { guest: UnixStream::from_std(own)?, handled: HashMap::new(), told: HashMap::new(), come: channel(16) };
    tokio::spawn(signals.run());
    Ok(guest_end)
}

impl Signals {
    /// Serves until the guest closes its end.
    async fn run(mut self) -> io::Result<()> {
        let mut message = [0; 2];
        let mut filled = 0;
        loop {
            let late = self.told.values().min().copied();
            tokio::select! {
                // What the guest has said before a signal came counts for it.
                biased;
                read = self.guest.read(&mut message[filled..]) => {
                    filled += match read? {
                        0 => return Ok(()),
                        length => length,
                    };
                    if filled == message.len() {
                        filled = 0;
                        self.heed(message);
                    }
                }
                Some(number) = self.come.1.recv() => self.deliver(number).await?,
                () = sleep_until(late.unwrap_or_else(Instant::now)), if late.is_some() => {
                    let number = self.told.iter().find(|(_, moment)| Some(**moment) == late).map(|(number, _)| *number);
                    end(number.unwrap_or_default());
                }
            }
        }
    }

    fn heed(&mut self, [number, what]: [u8; 2]) {
        match what {
            TAKEN => drop(self.told.remove(&number)),
            DEFAULT => {
                self.handled.entry(number).and_modify(|handled| *handled = false);
            }
            HANDLED => {
                let before = self.handled.insert(number, true);
                if before.is_none() {
                    self.await_signal(number);
                }
            }
            _ => {}
        }
    }

    /// Awaits a signal, which from now on does nothing by itself.
    fn await_signal(&self, number: u8) {
        let Some(mut signals) = kind(number).and_then(|kind| signal(kind).ok()) else { return };
        let come = self.come.0.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if come.send(number).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Tells the guest of a signal, or ends it, if that is what the signal does.
    async fn deliver(&mut self, number: u8) -> io::Result<()> {
        if self.handled.get(&number) != Some(&true) {
            if number != SIGWINCH {
                end(number);
            }
            return Ok(());
        }
        // As in a process, one that has come and was not taken yet stands for all of its kind.
        if !self.told.contains_key(&number) {
            self.guest.write_all(&[number]).await?;
            self.told.insert(number, Instant::now() + PATIENCE);
        }
        Ok(())
    }
}

/// Ends the process with the code by which a shell tells of the signal.
fn end(number: u8) {
    std::process::exit(128 + i32::from(number));
}
