//! A socket as a stream of `std`, without a buffer.

use std::io::{self, Read, Write};

use crate::endpoint::Socket;

/// Reads from the socket without a buffer: [`Socket::recv_into`].
impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv_into(buffer)?)
    }
}

/// Writes to the socket without a buffer: [`Socket::send`].
impl Write for &Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.send(data)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As for `&Socket`.
impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

/// As for `&Socket`.
impl Write for Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        (&*self).write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
