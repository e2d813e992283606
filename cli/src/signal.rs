//! Signals, for guests that handle some themselves: told over a socket, and answered there.
//!
//! The guest sends messages of a signal's number, as Linux has it, what it does with it, and a token, of 0s unless it has
//! one. It is sent the number of a signal that it handles, with a token, when that has come; and with a token of 0s once it
//! is handled from then on, the first time. Whatever it does with the
//! socket, or leaves undone, what a signal does by itself happens unless the guest says in time that it has taken it, which
//! only who has read the token can say. A guest that takes none for long does not look.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

/// The name of the guest's socket among those that are open before it starts.
pub(crate) const NAME: &str = "signals";

/// How long a guest may leave a signal that it handles.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a guest says of a signal: it does what it does by itself; the guest handles it; it has taken one that was told.
const DEFAULT: u8 = 0;
const HANDLED: u8 = 1;
const TAKEN: u8 = 2;

/// How many bytes of the guest's messages are read at once.
const READ: usize = 1 << 16;

/// How many reads of them there are before anything else has its turn: a guest that never ends to speak must not be all
/// that is heard.
const MOST_READS: usize = 16;

/// The signal that does nothing by itself.
const SIGWINCH: u8 = 28;

type Kind = fn() -> SignalKind;
type Token = [u8; 8];
type Message = [u8; 10];

/// The signals that a guest may handle, by Linux's numbers.
const KINDS: &[(u8, Kind)] = &[
    (1, SignalKind::hangup),
    (2, SignalKind::interrupt),
    (3, SignalKind::quit),
    (10, SignalKind::user_defined1),
    (12, SignalKind::user_defined2),
    (15, SignalKind::terminate),
    (SIGWINCH, SignalKind::window_change),
];

/// Signals of one guest.
struct Signals {
    /// Its socket, until it was closed or failed.
    guest: Option<UnixStream>,
    /// What is read of its messages; the first so many bytes are of one of which a part has come.
    buffer: Box<[u8]>,
    filled: usize,
    /// Those that this process gets in any case.
    awaited: Vec<u8>,
    /// Whether the guest handles each that it has ever handled: this process gets these from then on.
    handled: HashMap<u8, bool>,
    /// Those that were told and not taken yet.
    told: HashMap<u8, Told>,
    /// Of what tokens are made that cannot be guessed.
    random: RandomState,
    tokens: u64,
    come: (Sender<u8>, Receiver<u8>),
}

/// A signal that the guest was told of: by which token, and the moment when it is too late to take it.
struct Told {
    token: Token,
    late: Instant,
}

/// Begins to tell a guest of signals, over the socket that is given.
///
/// A thread of its own does so until this process ends, for what the guest does, and how it ends, must not keep it waiting.
/// The signals that are given are awaited from now on, though the guest handles none of them yet.
pub(crate) fn tell(awaited: Vec<u8>) -> io::Result<OwnedFd> {
    let (own, guest) = std::os::unix::net::UnixStream::pair()?;
    own.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _entered = runtime.enter();
        Signals {
            guest: Some(UnixStream::from_std(own)?),
            buffer: vec![0; READ].into(),
            filled: 0,
            awaited: Vec::new(),
            handled: HashMap::new(),
            told: HashMap::new(),
            random: RandomState::new(),
            tokens: 0,
            come: channel(16),
        }
    };
    thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(signals.run(awaited)))?;
    Ok(guest.into())
}

/// The signals, of those that a guest may handle, which whoever started this process has it ignore.
///
/// As in other programs they stay ignored, unless the guest handles them. Linux alone tells.
pub(crate) fn ignored() -> Vec<u8> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    KINDS.iter().map(|(number, _)| *number).filter(|number| mask >> (number - 1) & 1 == 1).collect()
}

impl Signals {
    /// Serves for ever.
    async fn run(mut self, awaited: Vec<u8>) {
        for (number, kind) in KINDS.iter().filter(|(number, _)| awaited.contains(number)) {
            self.await_signal(*number, kind());
        }
        self.awaited = awaited;
        loop {
            let late = self.told.values().map(|told| told.late).min();
            tokio::select! {
                biased;
                Some(number) = self.come.1.recv() => self.deliver(number),
                () = sleep_until(late.unwrap_or_else(Instant::now)), if late.is_some() => self.give_up(),
                heard = readable(self.guest.as_ref()) => match heard {
                    Ok(()) => self.hear(),
                    Err(_) => self.lose(),
                },
            }
            // A signal is seen by the runtime, which has no turn while there is always something to hear.
            yield_now().await;
        }
    }

    /// Hears what the guest has said by now.
    fn hear(&mut self) {
        for _ in 0..MOST_READS {
            let Some(guest) = &self.guest else { return };
            match guest.try_read(&mut self.buffer[self.filled..]) {
                Ok(0) => return self.lose(),
                Ok(length) => self.heed_all(self.filled + length),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return self.lose(),
            }
        }
    }

    /// Heeds the messages in so many bytes of the buffer, and keeps the part of one at the end.
    fn heed_all(&mut self, length: usize) {
        let (messages, _) = self.buffer[..length].as_chunks();
        let messages: Vec<Message> = messages.to_vec();
        self.filled = length % size_of::<Message>();
        self.buffer.copy_within(length - self.filled..length, 0);
        messages.into_iter().for_each(|message| self.heed(message));
    }

    /// Nothing is heard from the guest any more, so that it takes no signal either.
    fn lose(&mut self) {
        self.guest = None;
        self.handled.values_mut().for_each(|handled| *handled = false);
        self.told.drain().for_each(|(number, _)| act(number));
    }

    fn heed(&mut self, [number, what, token @ ..]: Message) {
        match what {
            TAKEN if self.told.get(&number).is_some_and(|told| told.token == token) => {
                self.told.remove(&number);
            }
            DEFAULT => {
                self.handled.entry(number).and_modify(|handled| *handled = false);
            }
            HANDLED => {
                if let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == number)
                    && self.handled.insert(number, true).is_none()
                {
                    if !self.awaited.contains(&number) {
                        self.await_signal(number, kind());
                    }
                    // A guest that does not hear it is told nothing else either.
                    self.say(number, Token::default());
                }
            }
            _ => {}
        }
    }

    /// Awaits a signal, which from now on does nothing by itself.
    fn await_signal(&self, number: u8, kind: SignalKind) {
        let Ok(mut signals) = signal(kind) else { return };
        let come = self.come.0.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if come.send(number).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Tells the guest of a signal, or does what the signal does by itself.
    fn deliver(&mut self, number: u8) {
        // What the guest has said before the signal came counts for it.
        self.hear();
        // As in a process, one that has come and was not taken yet stands for all of its kind.
        if self.told.contains_key(&number) {
            return;
        }
        let token = self.token();
        if self.handled.get(&number) == Some(&true) && self.say(number, token) {
            self.told.insert(number, Told { token, late: Instant::now() + PATIENCE });
        } else {
            act(number);
        }
    }

    /// Sends the guest a message. Whether it can be heard.
    fn say(&self, number: u8, token: Token) -> bool {
        let message = [&[number][..], &token].concat();
        let sent = self.guest.as_ref().map(|guest| guest.try_write(&message));
        sent.is_some_and(|sent| sent.is_ok_and(|length| length == message.len()))
    }

    fn token(&mut self) -> Token {
        self.tokens += 1;
        self.random.hash_one(self.tokens).to_ne_bytes()
    }

    /// Does what signals do by themselves that the guest has left for too long.
    fn give_up(&mut self) {
        // It may have taken them while this thread had no turn.
        self.hear();
        let now = Instant::now();
        self.told.extract_if(|_, told| told.late <= now).for_each(|(number, _)| act(number));
    }
}

/// Waits until the guest has said something, or closed its socket.
async fn readable(guest: Option<&UnixStream>) -> io::Result<()> {
    match guest {
        Some(guest) => guest.readable().await,
        None => std::future::pending().await,
    }
}

/// Does what the signal does by itself: it ends the process, with the code by which a shell tells of it.
fn act(number: u8) {
    if number != SIGWINCH {
        crate::ending::exit(128 + i32::from(number));
    }
}
