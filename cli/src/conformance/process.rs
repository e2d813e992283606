//! A host's program, as long as it runs: what it writes, how it ends, and that nothing of it stays.

#[cfg(unix)]
pub(super) mod group;
#[cfg(target_os = "linux")]
mod orphans;

use std::collections::VecDeque;
use std::io::{self, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How many bytes of stdout are taken before [`Process::forgive`].
pub(super) const MOST: usize = 1 << 20;

/// How many bytes of stderr are kept: its beginning says what went wrong.
const MOST_ERRORS: usize = 16 << 10;

/// How long it may take to end once it is asked to, and what it wrote to arrive once it has ended.
const GRACE: Duration = Duration::from_secs(1);

/// A program that runs, in a group of processes of its own, with pipes for its streams.
pub(super) struct Process {
    child: Child,
    messages: Receiver<Message>,
    /// How many of stdout and stderr are open.
    open: usize,
    /// When it was seen to have ended.
    ended: Option<Instant>,
    /// Whether it was waited for: its number may be another's.
    gone: bool,
    lines: VecDeque<String>,
    /// The line that is not whole.
    rest: Vec<u8>,
    /// What was taken of stdout.
    taken: usize,
    errors: Vec<u8>,
    #[cfg(target_os = "linux")]
    orphans: orphans::Orphans,
}

/// What happens next.
pub(super) enum Step {
    /// It writes a line.
    Line(String),
    /// It has ended, and its processes with it.
    End(ExitStatus),
    /// The time is over. It is ended.
    Late,
    /// It writes too much. It is ended.
    Flood,
}

/// What the threads tell that watch it.
enum Message {
    Output(Vec<u8>),
    Errors(Vec<u8>),
    Closed,
    #[cfg(unix)]
    Ended,
}

impl Process {
    /// Starts the program, which reads the input.
    pub(super) fn start(mut command: Command, input: Vec<u8>) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(target_os = "linux")]
        let orphans = orphans::Orphans::adopt();
        #[cfg(unix)]
        let mut child = group::start(&mut command)?;
        #[cfg(not(unix))]
        let mut child = command.spawn()?;
        // No more is kept than what the other side has not taken yet.
        let (sender, messages) = sync_channel(16);
        if let Some(mut stdin) = child.stdin.take() {
            // It may end without having read it.
            thread::spawn(move || stdin.write_all(&input));
        }
        if let Some(stdout) = child.stdout.take() {
            watch(stdout, Message::Output, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            watch(stderr, Message::Errors, sender.clone());
        }
        #[cfg(unix)]
        group::watch(&child, move || sender.send(Message::Ended).is_ok());
        Ok(Self {
            child,
            messages,
            open: 2,
            ended: None,
            gone: false,
            lines: VecDeque::new(),
            rest: Vec::new(),
            taken: 0,
            errors: Vec::new(),
            #[cfg(target_os = "linux")]
            orphans,
        })
    }

    /// Waits until something happens, up to that moment.
    pub(super) fn next(&mut self, deadline: Instant) -> Step {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Step::Line(line);
            }
            let is_over = self.open == 0 && (self.ended.is_some() || cfg!(not(unix)));
            let until = self.ended.map_or(deadline, |ended| deadline.min(ended + GRACE));
            match (!is_over).then(|| self.message(until)).flatten() {
                Some(message) => {
                    self.take(message);
                    if self.taken > MOST {
                        self.stop();
                        return Step::Flood;
                    }
                }
                // Somebody else may hold its streams open, for ever.
                None if is_over || self.ended.is_some() => match self.reap() {
                    Ok(status) => return Step::End(status),
                    Err(_) => return self.late(),
                },
                None => return self.late(),
            }
        }
    }

    /// The next message that comes before that moment. One that has come already is none after it: a host may write without
    /// end.
    fn message(&self, until: Instant) -> Option<Message> {
        let left = until.checked_duration_since(Instant::now())?;
        self.messages.recv_timeout(left).ok()
    }

    fn late(&mut self) -> Step {
        self.stop();
        Step::Late
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Output(bytes) => {
                self.taken += bytes.len();
                self.rest.extend(bytes);
                while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.rest.drain(..=end).collect();
                    self.lines.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
                }
            }
            Message::Errors(bytes) => {
                let room = MOST_ERRORS - self.errors.len();
                self.errors.extend(&bytes[..bytes.len().min(room)]);
            }
            Message::Closed => self.open -= 1,
            #[cfg(unix)]
            Message::Ended => {
                self.ended = Some(Instant::now());
                // Its own process is still there to be waited for, so that the group's number is nobody else's.
                self.end_others();
            }
        }
    }

    /// Lets it write as much again.
    pub(super) fn forgive(&mut self) {
        self.taken = 0;
    }

    /// What it has written to stderr, as far as it is known.
    pub(super) fn errors(&self) -> String {
        String::from_utf8_lossy(&self.errors).into_owned()
    }

    /// What it has written to stdout of a line that it did not end.
    pub(super) fn rest(&self) -> String {
        String::from_utf8_lossy(&self.rest).into_owned()
    }

    /// Ends it, with all that it has started.
    pub(super) fn stop(&mut self) {
        if self.gone {
            return;
        }
        #[cfg(unix)]
        {
            group::ask(&self.child);
            let until = Instant::now() + GRACE;
            while self.ended.is_none()
                && let Some(message) = self.message(until)
            {
                // What it still writes is no answer.
                match message {
                    Message::Output(_) => {}
                    other => self.take(other),
                }
            }
        }
        // It may have ended already.
        let _ = self.child.kill();
        self.end_others();
        let _ = self.reap();
    }

    /// Ends what it has started.
    fn end_others(&self) {
        #[cfg(unix)]
        group::kill(&self.child);
        #[cfg(target_os = "linux")]
        self.orphans.end(&self.child);
    }

    /// Waits for it, which has ended. Nothing may be sent to its number any more, which is somebody else's afterwards.
    fn reap(&mut self) -> io::Result<ExitStatus> {
        self.gone = true;
        #[cfg(unix)]
        group::forget();
        self.child.wait()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Reads the stream to its end, or until nobody wants more of it.
fn watch(mut stream: impl Read + Send + 'static, kind: fn(Vec<u8>) -> Message, sender: SyncSender<Message>) {
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        loop {
            let message = match stream.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Ok(0) | Err(_) => Message::Closed,
                Ok(length) => kind(buffer[..length].to_vec()),
            };
            let is_last = matches!(message, Message::Closed);
            if sender.send(message).is_err() || is_last {
                return;
            }
        }
    });
}
