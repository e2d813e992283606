//! Controllers of Bluetooth.

use berkeley_guest::socket::*;

use crate::check::{Answer, equal};
use crate::platform::Platform;
use crate::probe::ends::PATIENCE;

/// Asks the first controller by a packet for what it is: Read_Local_Version_Information.
pub(super) async fn hci<P: Platform>() -> Answer {
    const COMMAND: [u8; 4] = [1, 0x01, 0x10, 0];
    const COMMAND_COMPLETE: u8 = 0x0e;
    let socket = P::socket(AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)?;
    socket.settimeout(PATIENCE);
    socket.bind(&Address::hci(0, HCI_CHANNEL_RAW as u16))?;
    // struct hci_ufilter: the packets that are events, all of them.
    let filter = [&(1u32 << 4).to_ne_bytes()[..], &[0xff; 8], &[0; 4]].concat();
    socket.setsockopt_bytes(SOL_HCI, HCI_FILTER, &filter)?;
    socket.send(&COMMAND, 0).await?;
    loop {
        let event = socket.recv(260, 0).await?;
        if event.get(1) == Some(&COMMAND_COMPLETE) && event.get(4..6) == Some(&COMMAND[1..3]) {
            return equal!((event[0], event.get(6), event.len()), (4, Some(&0), 15));
        }
    }
}
