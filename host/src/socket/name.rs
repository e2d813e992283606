//! The addresses at both ends, and where an address that the guest names leads: getsockname(2), getpeername(2).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::handle::Socket;
use crate::address::{Address, RawAddress};
use crate::directory::Located;
use crate::error::Result;
use crate::observer::{Answer, Call};
use crate::peers::Peers;
use crate::policy::{Operation, Transport};

impl Socket {
    /// The local address: getsockname(2).
    pub fn getsockname(&self) -> Result<Option<Address>> {
        let mut seen = self.seen(Call::Getsockname);
        let result = seen.run(|| self.local());
        self.tell(&mut seen, &result, |address| Answer::Address(address.as_ref()));
        result
    }

    pub(super) fn local(&self) -> Result<Option<Address>> {
        let raw = self.descriptor()?.socket().local_address()?;
        // The name by which it was bound may be the host's own way to it.
        Ok(match &self.asked {
            Some(asked) if asked.unix_path().is_some() => Some(Address::clone(asked)),
            _ => self.shared.guest_address(&raw, self.protocol),
        })
    }

    /// The peer's address: getpeername(2). ENOTCONN.
    pub fn getpeername(&self) -> Result<Option<Address>> {
        let mut seen = self.seen(Call::Getpeername);
        let result = seen.run(|| self.peer());
        self.tell(&mut seen, &result, |address| Answer::Address(address.as_ref()));
        result
    }

    pub(super) fn peer(&self) -> Result<Option<Address>> {
        let raw = self.descriptor()?.socket().peer_address()?;
        Ok(self.shared.guest_address(&raw, self.protocol))
    }

    /// The address in the case that its family has, with what a name in it stands for.
    pub(super) fn understood(&self, address: &Address) -> Result<Address> {
        match address.clone().normalised(self.protocol)? {
            Address::SystemName(name) => {
                Ok(Address::System { id: self.descriptor()?.socket().control_id(&name)?, unit: 0 })
            }
            address => Ok(address),
        }
    }

    /// Sending from an address is as binding to it.
    pub(crate) fn judge_source(&self, source: IpAddr) -> Result<()> {
        if source.is_unspecified() {
            return Ok(());
        }
        let port = self.getsockname()?.and_then(|local| local.internet()).map_or(0, |local| local.port());
        let bound = Address::from(SocketAddr::new(source, port));
        let chosen = Address::from(SocketAddr::new(source, 0));
        let transport = self.transport;
        if self.would_allow(&Operation::Bind { transport, address: &bound }) {
            return Ok(());
        }
        self.judge(&Operation::Bind { transport, address: &chosen })
    }

    /// Where to send or connect to, if the policy allows it. A peer to whom a socket may send stays one, though the name
    /// that led to it counts no longer: as with a connection.
    pub(super) fn destination(&self, address: &Address) -> Result<(RawAddress, Option<Located>)> {
        let answers = |peers: &Arc<Peers>| address.internet().is_some_and(|peer| peers.contains(peer));
        let transport = self.transport;
        if *address == Address::Unspecified || self.peers.as_ref().is_some_and(answers) {
            self.shared.tolerate(&Operation::Connect { transport, peer: address })?;
            return Ok((address.encode()?, None));
        }
        if self.transport == Transport::Unix {
            return self.shared.destination(address, &Operation::Connect { transport, peer: address });
        }
        address.reached().iter().try_for_each(|peer| self.judge(&Operation::Connect { transport, peer }))?;
        self.remember_peer(address);
        Ok((address.encode()?, None))
    }

    /// Notes a peer that the policy has let the guest send to, where it lets it answer too.
    fn remember_peer(&self, address: &Address) {
        let Some((peers, peer)) = self.peers.as_ref().zip(address.internet()) else { return };
        let (transport, asked, given) = (self.transport, self.asked.as_deref(), self.given);
        if self.shared.would_allow(&Operation::Receive { transport, asked, peer: address, given }) {
            peers.remember(peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, UdpSocket};

    use berkeley_constants as c;
    use futures_util::FutureExt;

    use super::*;
    use crate::error::Error;
    use crate::policy::Rules;
    use crate::{Limits, SocketCtx};

    #[test]
    fn a_socket_goes_on_sending_where_a_name_led_once() {
        let rules = Rules::parse(["connect:udp=name.example@127.0.0.0/8"]).expect("a rule");
        let limits = Limits { answers: 1, ..Limits::default() };
        let ctx = SocketCtx::builder().rules(rules).expect("a context").limits(limits).build();
        let lead = |to: IpAddr| ctx.shared.names.learn("name.example", [to].into_iter(), &[], true);
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a peer");
        let to = Address::from(peer.local_addr().expect("an address"));
        let socket = || Socket::create(&ctx.shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket");
        let send = |socket: &Socket| socket.sendto(b"x", 0, &to).now_or_never().expect("it need not wait");
        let open = socket();
        lead([127, 0, 0, 1].into());
        assert_eq!(send(&open), Ok(1));
        lead([127, 0, 0, 2].into());
        assert_eq!(send(&open), Ok(1));
        assert!(matches!(send(&socket()), Err(Error::Denied(_))));
        // The peer may answer, too.
        let mut buffer = [0; 1];
        let (_, from) = peer.recv_from(&mut buffer).expect("what was sent");
        peer.send_to(b"y", from).expect("it sends");
        let answered = open.recvfrom(1, 0).now_or_never().expect("loopback is at once").expect("an answer");
        assert_eq!(answered.1.and_then(|from| from.internet()), Some(peer.local_addr().expect("one")));
    }
}
