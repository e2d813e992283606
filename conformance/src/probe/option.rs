//! Socket options: one probe for all, which the arguments tell what to do.

mod bytes;
mod kind;

use crate::check::{Answer, Failure, check, ensure, equal, fails};
use crate::platform::Platform;
use crate::probe::option::bytes::bytes;
use crate::probe::option::kind::make;

/// The arguments are a kind of socket, and steps, between which a `;` stands: each is an option's level and number, and
/// what is done with it.
///
/// * `get`: its value is read;
/// * `is VALUE`: its value is read, and is that integer;
/// * `set VALUE`: the integer is set, and read back;
/// * `doubled VALUE`: what is read back is twice that;
/// * `near VALUE`: what is read back is that, or half as much more, for the kernel rounds it up;
/// * `twice ERROR VALUE…`: the bytes are set, and to set them again fails with the error, for it has been done;
/// * `write VALUE`: the integer is set, and cannot be read;
/// * `bytes VALUE…`: the bytes are set and read back;
/// * `head LENGTH VALUE…`: the bytes are set, and so many of them are read back;
/// * `into VALUE…`: the bytes are set, and cannot be read as they are;
/// * `null LENGTH`: a null pointer with that length is set;
/// * `read SIZE`: so many bytes are read;
/// * `some SIZE`: at most so many bytes are read, but not none;
/// * `any SIZE`: at most so many bytes are read;
/// * `holds SIZE OFFSET VALUE…`: at most so many bytes are read, and have these there, or soon will;
/// * `answers ERROR VALUE…`: setting the bytes fails with the kernel's error;
/// * `refuses ERROR SIZE`: reading so many bytes fails with the kernel's error;
/// * `arrives VALUE…`: a message is received that begins with the bytes;
/// * `stays ERROR`: sending a byte fails with the error;
/// * `withheld`: the host lets no guest set or read it.
///
/// Bytes are in hexadecimal; `+N` is so many zeros, `own` and `peer` are the socket's addresses as a sockaddr_storage.
pub(super) async fn probe<P: Platform>(arguments: &[&str]) {
    let [kind, steps @ ..] = arguments else { return };
    let verbs: Vec<&str> = steps.split(|word| *word == ";").filter_map(|step| step.get(2).copied()).collect();
    let what = match (verbs.as_slice(), steps.get(3)) {
        // It shows that the kernel was asked, and no more.
        (["answers" | "refuses"], Some(error)) => format!("only a refusal was tried, {error}, on {kind}"),
        _ => format!("{} on {kind}", verbs.join(", ")),
    };
    check(&what, async {
        let sockets = make::<P>(kind).await?;
        for step in steps.split(|word| *word == ";") {
            attempt(&sockets.0, step).await?;
        }
        Ok(())
    })
    .await;
}

async fn attempt<P: Platform>(socket: &P, step: &[&str]) -> Answer {
    let lacks = || Failure::Wrong(format!("{step:?} lacks a word"));
    let word = |at: usize| step.get(at).copied().ok_or_else(lacks);
    let number = |at: usize| word(at)?.parse::<i32>().map_err(|_| lacks());
    let rest = |at: usize| bytes(step.get(at..).unwrap_or_default(), socket);
    let (level, option) = (number(0)?, number(1)?);
    let int = || number(3);
    let size = || -> Answer<usize> { Ok(int()? as usize) };
    match word(2)? {
        "get" => socket.getsockopt(level, option).map(drop),
        "is" => equal!(socket.getsockopt(level, option)?, int()?),
        "set" => {
            socket.setsockopt(level, option, int()?)?;
            equal!(socket.getsockopt(level, option)?, int()?)
        }
        "doubled" => {
            socket.setsockopt(level, option, int()?)?;
            equal!(socket.getsockopt(level, option)?, 2 * int()?)
        }
        "near" => {
            let value = int()?;
            socket.setsockopt(level, option, value)?;
            let read = socket.getsockopt(level, option)?;
            ensure!((value..=value + value / 2).contains(&read), "{read} where {value} was set")
        }
        "twice" => {
            let value = rest(4)?;
            socket.setsockopt_bytes(level, option, &value)?;
            fails(socket.setsockopt_bytes(level, option, &value), word(3)?)
        }
        "write" => socket.setsockopt(level, option, int()?),
        "bytes" => {
            let value = rest(3)?;
            socket.setsockopt_bytes(level, option, &value)?;
            let read = socket.getsockopt_bytes(level, option, value.len().max(16))?;
            ensure!(read.starts_with(&value), "{read:?} instead of {value:?}")
        }
        "head" => {
            let value = rest(4)?;
            socket.setsockopt_bytes(level, option, &value)?;
            let read = socket.getsockopt_bytes(level, option, value.len())?;
            equal!(read.get(..size()?), value.get(..size()?))
        }
        "into" => socket.setsockopt_bytes(level, option, &rest(3)?),
        "null" => socket.setsockopt_null(level, option, int()? as u32),
        "read" => equal!(socket.getsockopt_bytes(level, option, size()?)?.len(), size()?),
        "some" => {
            let read = socket.getsockopt_bytes(level, option, size()?)?;
            ensure!(!read.is_empty(), "nothing is read")
        }
        "any" => socket.getsockopt_bytes(level, option, size()?).map(drop),
        "holds" => {
            let (at, value) = (number(4)? as usize, rest(5)?);
            let mut read = Vec::new();
            // What another process or the kernel does meanwhile takes a moment.
            for _ in 0..10_000 {
                read = socket.getsockopt_bytes(level, option, size()?)?;
                if read.get(at..).is_some_and(|read| read.starts_with(&value)) {
                    return Ok(());
                }
            }
            Err(Failure::Wrong(format!("{read:?} has not {value:?} at {at}")))
        }
        "answers" => {
            let value = if step.len() > 4 { rest(4)? } else { vec![0; 4] };
            fails(socket.setsockopt_bytes(level, option, &value), word(3)?)
        }
        "refuses" => fails(socket.getsockopt_bytes(level, option, number(4)? as usize), word(3)?),
        "arrives" => {
            let (value, message) = (rest(3)?, socket.recv(1024, 0).await?);
            ensure!(message.starts_with(&value), "{message:?} comes, where {value:?} should")
        }
        "stays" => fails(socket.send(b"x", 0).await, word(3)?),
        "withheld" => {
            fails(socket.setsockopt_bytes(level, option, &[0; 8]), "EACCES")?;
            fails(socket.getsockopt_bytes(level, option, 8), "EACCES")
        }
        other => Err(Failure::Wrong(format!("{other} is nothing to do"))),
    }
}
