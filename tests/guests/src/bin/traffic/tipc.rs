//! TIPC: names, and who has them.

use anyhow::Result;
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, opened};

use crate::End::{self, Client};
use crate::u32_at;

/// The types of names, of which each case has its own.
const TYPE: u32 = 0x4260;

pub(crate) fn range(kind: i32, lower: u32, upper: u32, scope: i32) -> Address {
    Address::tipc_nameseq(TYPE + kind as u32, lower, upper, scope)
}

fn name(kind: i32, instance: u32) -> Address {
    Address::tipc_name(TYPE + kind as u32, instance, TIPC_NODE_SCOPE)
}

/// By the name, and to all that have names of a range.
pub(crate) fn datagrams(end: End<'_>, kind: i32) -> Result<()> {
    crate::datagrams(end, (AF_TIPC, kind, 0), |_| [name(kind, 15), range(kind, 12, 18, TIPC_NODE_SCOPE)])
}

pub(crate) fn stream(end: End<'_>, kind: i32) -> Result<()> {
    crate::stream(end, (AF_TIPC, kind, 0), &range(kind, 1, 1, TIPC_NODE_SCOPE), |_| name(kind, 1))
}

/// The service of the kernel's own that tells who takes names, and who gives them back.
pub(crate) fn topology(end: End<'_>) -> Result<()> {
    const KIND: i32 = 9;
    if let Client(_) = end {
        let socket = opened(AF_TIPC, SOCK_SEQPACKET, 0)?;
        let service = TIPC_TOP_SRV as u32;
        socket.connect(Address::tipc_name(service, service, TIPC_CLUSTER_SCOPE))?;
        let Address::Tipc(at) = socket.getpeername()? else { unreachable!("it is of AF_TIPC") };
        println!("({}, {})", at.address_type, at.v1);
        // struct tipc_subscr: the names, how long, what of, and whose it is.
        let wanted = [TYPE + KIND as u32, 0, 100, TIPC_WAIT_FOREVER.cast_unsigned(), TIPC_SUB_PORTS as u32];
        socket.send(&[&wanted.map(u32::to_ne_bytes).concat()[..], b"handle\0\0"].concat())?;
        let other = opened(AF_TIPC, SOCK_RDM, 0)?;
        for number in 0..3 {
            // struct tipc_event: which, the names, whose they are, and the subscription.
            let event = socket.recv(100)?;
            let words: Vec<_> = (0..10).map(|word| u32_at(&event, 4 * word)).collect::<Result<_>>()?;
            let subscription: String = words[5..].iter().map(|word| format!("{word}, ")).collect();
            let handle = bytes(event[40..].strip_suffix(b"\0\0").unwrap_or(&event[40..]));
            let [which, lower, upper] = [words[0], words[1], words[2]];
            println!("({}, {which}, {lower}, {upper}, ({subscription}{}))", event.len(), handle);
            if number != 1 {
                other.sendto(b"go on", name(KIND, 5))?;
            }
        }
        return Ok(());
    }
    let socket = opened(AF_TIPC, SOCK_RDM, 0)?;
    socket.bind(range(KIND, 5, 5, TIPC_NODE_SCOPE))?;
    println!("ready");
    println!("{}", bytes(&socket.recv(10)?));
    socket.bind(range(KIND, 7, 9, TIPC_NODE_SCOPE))?;
    // A scope below zero gives back.
    socket.bind(range(KIND, 7, 9, -TIPC_NODE_SCOPE))?;
    println!("{}", bytes(&socket.recv(10)?));
    Ok(())
}
