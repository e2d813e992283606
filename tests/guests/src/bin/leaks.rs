//! Receives what a native peer passes, by the call that it names, and keeps none of it. Arguments: the directory of
//! the peer's sockets `control` and `data`.
//!
//! The calls come as lines over `control`, and their answers go back there: how many sockets and files were let in, and
//! the flags.

use std::io::{BufRead, BufReader, IoSliceMut, Write};

use anyhow::{Context, Result, bail};
use berkeley_guest::ancillary::Passed;
use berkeley_guest::os::unix::net::UnixStream;
use berkeley_guest::socket::{AF_UNIX, SOCK_SEQPACKET, Socket};

fn main() -> Result<()> {
    let directory = std::env::args().nth(1).context("a directory")?;
    let control = UnixStream::connect(format!("{directory}/control"))?;
    let connect = || -> Result<Socket> {
        let data = Socket::new(AF_UNIX, SOCK_SEQPACKET, 0)?;
        data.connect(format!("{directory}/data"))?;
        Ok(data)
    };
    let mut data = connect()?;
    for line in BufReader::new(&control).lines() {
        let line = line?;
        let answer = match line.split(' ').collect::<Vec<_>>()[..] {
            ["recvmsg", size, ancillary, flags] => {
                let message = data.recvmsg(size.parse()?, ancillary.parse()?, flags.parse()?)?;
                let flags = message.flags;
                let (mut sockets, mut files) = (0, 0);
                for passed in message.passed() {
                    match passed {
                        Passed::Socket(_) => sockets += 1,
                        Passed::File(_) => files += 1,
                    }
                }
                format!("{sockets} {files} {flags}")
            }
            ["into", ancillary] => {
                let message = data.recvmsg_into(&mut [IoSliceMut::new(&mut [0; 9])], ancillary.parse()?, 0)?;
                format!("{}", message.sockets().len())
            }
            ["recv", flags] => format!("{}", data.recv_flags(9, flags.parse()?)?.len()),
            ["recvfrom"] => format!("{}", data.recvfrom(9)?.0.len()),
            ["close"] => {
                data.close()?;
                data = connect()?;
                "closed".into()
            }
            _ => bail!("no call {line}"),
        };
        writeln!(&control, "{answer}")?;
    }
    Ok(())
}
