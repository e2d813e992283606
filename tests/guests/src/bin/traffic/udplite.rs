//! Checksums of a part.

use anyhow::Result;
use berkeley_guest::socket::*;
use berkeley_test_guests::pattern;
use berkeley_test_guests::python::{bytes, opened, show, truth};

use crate::End::{self, Client};
use crate::{at, is, numbers};

/// What leaves out more than the receiver asks for does not come in.
pub(crate) fn coverage(end: End<'_>, family: i32, host: &str) -> Result<()> {
    let socket = opened(family, SOCK_DGRAM, IPPROTO_UDPLITE)?;
    if let Client(arguments) = end {
        socket.bind(at(host, 0))?;
        let to = at(host, arguments[0]);
        socket.connect(&to)?;
        // 0 is all.
        for coverage in [8, 16, 15, 20, 0] {
            socket.setsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, coverage)?;
            let sent = socket.send(&[format!("{coverage:2} of 50").as_bytes(), &pattern(42)].concat())?;
            println!("({sent}, {})", socket.getsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV)?);
            if ![8, 15].contains(&coverage) {
                let seen = is(&socket.recv(100)?, &socket.getsockname()?);
                println!("({seen}, {})", truth(socket.getpeername()? == to));
            }
        }
        return Ok(());
    }
    socket.setsockopt(IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV, 16)?;
    socket.bind(at(host, 0))?;
    println!("{}", numbers(&socket.getsockname()?).split(' ').next().unwrap_or_default());
    for _ in 0..3 {
        let (data, peer) = socket.recvfrom(100)?;
        println!("{}", bytes(&data[..2]));
        socket.sendto(show(&peer).as_bytes(), &peer)?;
    }
    Ok(())
}
