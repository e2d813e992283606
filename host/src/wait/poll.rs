//! Waiting for many sockets.

use std::io;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select, select_all};

use super::alarm::Watch;
use super::deadline::{Deadline, until};
use super::descriptor::Descriptor;
use super::inline::{poll_once, poll_until, waits_inline};
use super::waiting::{Waiting, Woken};

/// Waits until an event of one of the sockets holds, and tells those of each; all 0 when the deadline comes first. None:
/// the alarm has rung.
pub(crate) async fn poll(
    interests: &[(&Descriptor, i16)],
    deadline: Deadline,
    waiting: Waiting,
    watch: Watch<'_>,
) -> io::Result<Option<Vec<i16>>> {
    let mut ready = vec![0; interests.len()];
    if waits_inline(waiting, interests) {
        let woken = poll_until(interests, &mut ready, deadline, &watch)?;
        return Ok((woken != Woken::Rung).then_some(ready));
    }
    let mut rung = pin!(watch.rung());
    while !poll_once(interests, &mut ready, Some(Duration::ZERO))? {
        let woken = interests.iter().map(|(descriptor, events)| Box::pin(descriptor.woken(*events)));
        let any = async { if interests.is_empty() { std::future::pending().await } else { select_all(woken).await.0 } };
        match until(deadline, select(pin!(any), rung.as_mut())).await {
            Some(Either::Left((result, _))) => result?,
            Some(Either::Right(_)) => return Ok(None),
            None => break,
        }
    }
    Ok(Some(ready))
}
