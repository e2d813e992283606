//! What goes along with data over unix sockets: SCM_RIGHTS, SCM_CREDENTIALS.

use berkeley_constants as c;
use berkeley_host::network::{Arrived, ControlMessage, Passed};

/// What each message's header takes, and what messages are aligned to: cmsg(3), with 64 bits.
const HEADER: usize = 16;
const ALIGN: usize = 8;

/// Puts control messages into what arrives, as far as there is room for them. MSG_CTRUNC tells of what there is not; what
/// was passed on and has no room is returned, to be closed.
pub(super) fn fit(
    arrived: &mut Arrived,
    room: usize,
    control: Vec<ControlMessage>,
    passed: Vec<Passed>,
) -> Vec<Passed> {
    let mut left = room;
    for message in control {
        let space = HEADER + message.2.len();
        if space > left {
            arrived.flags |= c::MSG_CTRUNC;
            continue;
        }
        left = left.saturating_sub(space.next_multiple_of(ALIGN));
        arrived.control.push(message);
    }
    let most = left.saturating_sub(HEADER) / size_of::<i32>();
    let mut passed = passed;
    let beyond = passed.split_off(passed.len().min(most));
    if !beyond.is_empty() {
        arrived.flags |= c::MSG_CTRUNC;
    }
    arrived.passed = passed;
    beyond
}

/// Who a program of the world is: process 1, run by root.
pub(super) fn credentials() -> Vec<u8> {
    [1i32, 0, 0].map(i32::to_ne_bytes).concat()
}
