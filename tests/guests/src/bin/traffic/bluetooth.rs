//! Bluetooth, over virtual controllers.

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, opened, truth};
use berkeley_test_guests::{PATIENCE, hex, pattern};

use crate::End::{self, Client};
use crate::{end_of, exactly};

/// Asks a controller by raw packets; the controller is a native program.
pub(crate) fn hci(end: End<'_>) -> Result<()> {
    let Client(arguments) = end else { bail!("no guest is a controller") };
    let socket = opened(AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)?;
    let own = Address::hci(arguments[0] as u16, HCI_CHANNEL_USER as u16);
    socket.bind(&own)?;
    ensure!(socket.getsockname()? == own, "it is at {}", socket.getsockname()?);
    // Read_Local_Version_Information, and one that ends the controller.
    for opcode in [0x1001u16, 0xfc01] {
        let [low, high] = opcode.to_le_bytes();
        println!("{}", socket.send(&[1, low, high, 0])?);
        println!("{}", hex(&socket.recv(260)?));
    }
    Ok(())
}

/// The device of an address of Bluetooth, and its PSM or channel, if it has one.
fn device(address: &Address) -> Result<(String, u16)> {
    let number = match address {
        Address::L2cap(at) => at.psm,
        Address::Rfcomm(at) => at.channel.into(),
        Address::Sco(_) => 0,
        other => bail!("{other} is no device's"),
    };
    Ok((address.bdaddr().context("a device")?, number))
}

/// A connection between the two controllers of `tests/data/bluetooth.py`.
pub(crate) fn connection<N>(
    end: End<'_>,
    kind: i32,
    protocol: i32,
    address: impl Fn(&str, N) -> berkeley_guest::Result<Address>,
    number: N,
) -> Result<()>
where
    N: From<u8>,
{
    let (first, second) = ("C0:B0:B0:00:00:01", "C0:B0:B0:00:00:02");
    // Of voice a packet holds as much as the controllers' buffers do.
    let length = if protocol == BTPROTO_SCO { 60 } else { 600 };
    let socket = Socket::new(AF_BLUETOOTH, kind, protocol)?;
    if let Client(_) = end {
        socket.bind(address(second, 0.into())?)?;
        socket.connect(address(first, number)?)?;
        let (own, (peer, number)) = (device(&socket.getsockname()?)?.0, device(&socket.getpeername()?)?);
        println!("('{own}', ('{peer}', {number}))");
        socket.settimeout(Some(PATIENCE));
        socket.sendall(b"hello")?;
        println!("{}", truth(exactly(&socket, length)? == pattern(length)));
        return Ok(());
    }
    socket.bind(address(first, number)?)?;
    socket.listen(1)?;
    println!("ready");
    let (socket, peer) = socket.accept()?;
    socket.settimeout(Some(PATIENCE));
    let (peer, (own, number)) = (device(&peer)?.0, device(&socket.getsockname()?)?);
    println!("('{peer}', ('{own}', {number}))");
    println!("{}", bytes(&socket.recv(100)?));
    socket.sendall(&pattern(length))?;
    // By a reset RFCOMM and SCO may tell it, when the devices have parted.
    println!("{}", bytes(&end_of(&socket, &[AF_BLUETOOTH])?));
    Ok(())
}
