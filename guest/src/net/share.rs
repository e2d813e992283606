//! The methods and traits that types of [`net`](crate::net) and [`os::unix::net`](crate::os::unix::net) share.

/// Gives a tuple type around a [`Socket`], with addresses of the type in parentheses, the methods and traits that are
/// named by part. `listener` takes the type that it accepts behind a colon.
macro_rules! share {
    ($name:ident($address:ty): $($part:ident $(: $of:ident)?),+) => {
        $($crate::net::share::share!(@$part $name $address $(, $of)?);)+
    };

    (@socket $name:ident $address:ty) => {
        impl $name {
            /// The local address.
            pub fn local_addr(&self) -> std::io::Result<$address> {
                Ok(self.0.getsockname()?.try_into()?)
            }

            /// A second handle to the same socket: options and the mode that are set on one hold for both. Fails
            /// where there are too many sockets.
            pub fn try_clone(&self) -> std::io::Result<Self> {
                Ok(Self(self.0.try_clone()?))
            }

            /// The error that the socket has kept, and clears it: SO_ERROR.
            pub fn take_error(&self) -> std::io::Result<Option<std::io::Error>> {
                $crate::net::common::take_error(&self.0)
            }

            /// Makes the socket non-blocking or blocking, and with it all its clones. A non-blocking call that would
            /// have to wait fails with `WouldBlock`. This itself never fails.
            pub fn set_nonblocking(&self, nonblocking: bool) -> std::io::Result<()> {
                self.0.set_nonblocking(nonblocking);
                Ok(())
            }
        }

        /// Takes the socket as it is; whether it is of the right family and type is not looked at.
        impl From<$crate::endpoint::Socket> for $name {
            fn from(socket: $crate::endpoint::Socket) -> Self {
                Self(socket)
            }
        }

        impl From<$name> for $crate::endpoint::Socket {
            fn from(outer: $name) -> Self {
                outer.0
            }
        }

        impl $crate::poll::AsSocket for $name {
            fn as_socket(&self) -> &$crate::endpoint::Socket {
                &self.0
            }
        }
    };

    // As `std` writes what has addresses of IP.
    (@inet $name:ident $address:ty) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut fields = f.debug_struct(stringify!($name));
                $crate::net::common::addresses::<$address>(&self.0, ["addr", "peer"], &mut fields);
                fields.field("fd", &self.0.fileno()).finish()
            }
        }
    };

    // As `std` writes unix sockets.
    (@unix $name:ident $address:ty) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut fields = f.debug_struct(stringify!($name));
                fields.field("fd", &self.0.fileno());
                $crate::net::common::addresses::<$address>(&self.0, ["local", "peer"], &mut fields);
                fields.finish()
            }
        }
    };

    // What the connected ones of the unix sockets have beyond those of IP.
    (@local $name:ident $address:ty) => {
        impl $name {
            /// Sets the mark of what is sent, for the host's firewall and routing: SO_MARK. The host must grant the
            /// option.
            pub fn set_mark(&self, mark: u32) -> std::io::Result<()> {
                $crate::net::common::set_number(
                    &self.0, berkeley_constants::SOL_SOCKET, berkeley_constants::SO_MARK, mark,
                )
            }

            /// As [`UnixSocketExt::passcred`](crate::os::linux::net::UnixSocketExt::passcred).
            pub fn passcred(&self) -> std::io::Result<bool> {
                $crate::net::common::flag(&self.0, berkeley_constants::SOL_SOCKET, berkeley_constants::SO_PASSCRED)
            }

            /// As [`UnixSocketExt::set_passcred`](crate::os::linux::net::UnixSocketExt::set_passcred).
            pub fn set_passcred(&self, passcred: bool) -> std::io::Result<()> {
                $crate::net::common::set_flag(
                    &self.0, berkeley_constants::SOL_SOCKET, berkeley_constants::SO_PASSCRED, passcred,
                )
            }
        }
    };

    (@peer $name:ident $address:ty) => {
        impl $name {
            /// The peer's address. `NotConnected`.
            pub fn peer_addr(&self) -> std::io::Result<$address> {
                Ok(self.0.getpeername()?.try_into()?)
            }

            /// Limits how long a call may wait to receive; it fails with `WouldBlock` when the limit runs out. None
            /// is no limit. `InvalidInput` for a limit of zero.
            pub fn set_read_timeout(&self, limit: Option<std::time::Duration>) -> std::io::Result<()> {
                $crate::net::common::set_timeout(&self.0, berkeley_constants::SO_RCVTIMEO, limit)
            }

            /// Limits how long a call may wait to send; it fails with `WouldBlock` when the limit runs out. None is
            /// no limit. `InvalidInput` for a limit of zero.
            pub fn set_write_timeout(&self, limit: Option<std::time::Duration>) -> std::io::Result<()> {
                $crate::net::common::set_timeout(&self.0, berkeley_constants::SO_SNDTIMEO, limit)
            }

            /// How long a call may wait to receive; the kernel may have rounded it up.
            pub fn read_timeout(&self) -> std::io::Result<Option<std::time::Duration>> {
                $crate::net::common::timeout(&self.0, berkeley_constants::SO_RCVTIMEO)
            }

            /// How long a call may wait to send; the kernel may have rounded it up.
            pub fn write_timeout(&self) -> std::io::Result<Option<std::time::Duration>> {
                $crate::net::common::timeout(&self.0, berkeley_constants::SO_SNDTIMEO)
            }

            /// Receives into the buffer, and leaves what was received to be received again. The rest of a datagram
            /// that is longer than the buffer is left out.
            pub fn peek(&self, buf: &mut [u8]) -> std::io::Result<usize> {
                Ok(self.0.recv_taking(buf, berkeley_constants::MSG_PEEK)?)
            }
        }
    };

    (@shutdown $name:ident $address:ty) => {
        impl $name {
            /// Ends reading, writing or both. `NotConnected`.
            pub fn shutdown(&self, how: std::net::Shutdown) -> std::io::Result<()> {
                Ok(self.0.shutdown($crate::net::common::direction(how))?)
            }
        }
    };

    (@stream $name:ident $address:ty) => {
        impl std::io::Read for &$name {
            fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
                Ok(self.0.recv_into(buf)?)
            }

            fn read_vectored(&mut self, bufs: &mut [std::io::IoSliceMut<'_>]) -> std::io::Result<usize> {
                Ok(self.0.recv_vectored(bufs)?)
            }
        }

        impl std::io::Write for &$name {
            fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
                Ok(self.0.send(buf)?)
            }

            fn write_vectored(&mut self, bufs: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                Ok(self.0.send_vectored(bufs)?)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }

        impl std::io::Read for $name {
            fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
                (&*self).read(buf)
            }

            fn read_vectored(&mut self, bufs: &mut [std::io::IoSliceMut<'_>]) -> std::io::Result<usize> {
                (&*self).read_vectored(bufs)
            }
        }

        impl std::io::Write for $name {
            fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
                (&*self).write(buf)
            }

            fn write_vectored(&mut self, bufs: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                (&*self).write_vectored(bufs)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                (&*self).flush()
            }
        }
    };

    (@datagram $name:ident $address:ty) => {
        impl $name {
            /// Receives a datagram into the buffer, and tells how many bytes there are and who sent it. The rest of
            /// a datagram that is longer than the buffer is lost.
            pub fn recv_from(&self, buf: &mut [u8]) -> std::io::Result<(usize, $address)> {
                let (len, peer) = self.0.recvfrom_into(buf)?;
                Ok((len, peer.try_into()?))
            }

            /// As [`recv_from`](Self::recv_from), but leaves the datagram to be received again.
            pub fn peek_from(&self, buf: &mut [u8]) -> std::io::Result<(usize, $address)> {
                let (len, peer) = self.0.recvfrom_into_flags(buf, berkeley_constants::MSG_PEEK)?;
                Ok((len, peer.try_into()?))
            }

            /// Receives a datagram into the buffer; once connected, only from the peer. The rest of a datagram that
            /// is longer than the buffer is lost.
            pub fn recv(&self, buf: &mut [u8]) -> std::io::Result<usize> {
                Ok(self.0.recv_taking(buf, 0)?)
            }

            /// Sends a datagram to the peer that it is connected to. An error if it is not connected, or if the peer
            /// has answered that nobody is there.
            pub fn send(&self, buf: &[u8]) -> std::io::Result<usize> {
                Ok(self.0.send(buf)?)
            }
        }
    };

    (@batch $name:ident $address:ty) => {
        impl $name {
            /// Sends the datagrams by one call, and tells how many went, which are taken out of the batch:
            /// [`Socket::send_many`](crate::Socket::send_many).
            pub fn send_many(&self, batch: &mut $crate::ancillary::Batch) -> std::io::Result<usize> {
                Ok(self.0.send_many(batch)?)
            }

            /// Waits for a datagram, and receives it and those that are there by then, at most `count` of at most
            /// `size` bytes each: [`Socket::recv_many`](crate::Socket::recv_many).
            pub fn recv_many(&self, count: usize, size: usize) -> std::io::Result<$crate::ancillary::Datagrams> {
                Ok(self.0.recv_many(count, size)?)
            }
        }
    };

    (@listener $name:ident $address:ty, $stream:ident) => {
        impl $name {
            /// Waits for the next connection, and gives it with its peer's address.
            pub fn accept(&self) -> std::io::Result<($stream, $address)> {
                let (socket, peer) = $crate::net::common::accept(&self.0)?;
                Ok((socket.into(), peer.try_into()?))
            }

            /// The connections, one after the other, without end.
            pub fn incoming(&self) -> Incoming<'_> {
                Incoming { listener: self }
            }
        }

        /// The connections that a listener takes, without end: what
        #[doc = concat!("[`", stringify!($name), "::incoming`] gives.")]
        #[derive(Debug)]
        pub struct Incoming<'a> {
            listener: &'a $name,
        }

        impl Iterator for Incoming<'_> {
            type Item = std::io::Result<$stream>;

            fn next(&mut self) -> Option<Self::Item> {
                Some(self.listener.accept().map(|(stream, _)| stream))
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (usize::MAX, None)
            }
        }

        impl std::iter::FusedIterator for Incoming<'_> {}
    };

    (@ttl $name:ident $address:ty) => {
        impl $name {
            /// Sets how many hops a packet may take: IP_TTL. `InvalidInput` unless it is 1 to 255.
            pub fn set_ttl(&self, ttl: u32) -> std::io::Result<()> {
                $crate::net::common::set_number(
                    &self.0, berkeley_constants::IPPROTO_IP, berkeley_constants::IP_TTL, ttl,
                )
            }

            /// How many hops a packet may take.
            pub fn ttl(&self) -> std::io::Result<u32> {
                $crate::net::common::number(&self.0, berkeley_constants::IPPROTO_IP, berkeley_constants::IP_TTL)
            }
        }
    };
}
pub(crate) use share;
