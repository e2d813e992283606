//! Sockets under a policy that was replaced: what they have done is judged again, once, before the next call.
//!
//! While the policy stays, this costs a call one comparison.

use std::sync::atomic::Ordering;

use berkeley_constants as c;

use super::handle::Socket;
use crate::address::Address;
use crate::error::Result;
use crate::policy::{Operation, Transport};
use crate::wait::Origin;

impl Socket {
    /// Sees to it that the policy that is now allows what the socket has done. EACCES.
    pub(crate) fn obey(&self) -> Result<()> {
        let generation = self.shared.governance.generation();
        if self.obeys.load(Ordering::Relaxed) == generation {
            return Ok(());
        }
        self.judge_past(generation)?;
        self.obeys.store(generation, Ordering::Relaxed);
        Ok(())
    }

    #[cold]
    fn judge_past(&self, generation: u64) -> Result<()> {
        let transport = self.transport;
        if transport.is_privileged() {
            self.judge(&Operation::Create { transport })?;
        }
        self.undo_settings()?;
        if let Some(peers) = &self.peers {
            peers.forget_before(generation);
        }
        let actual = || self.local().ok().flatten();
        // One that is being connected has a peer of which the kernel does not tell yet.
        let file = self.descriptor()?.file();
        let peer = file.peer().or_else(|| self.peer().ok().flatten());
        let listens = self.getsockopt_unseen(c::SOL_SOCKET, c::SO_ACCEPTCONN).is_ok_and(|listens| listens != 0);
        let given = self.given;
        match file.origin() {
            Origin::Elsewhere => {
                let tolerate = |operation: &Operation<'_>| self.shared.tolerate(operation);
                if let Some(peer) = &peer {
                    tolerate(&Operation::Connect { transport, peer })?;
                    tolerate(&Operation::Accept { transport, peer, given })?;
                    // Whom somebody else has connected it to, the guest hears.
                    if let (Some(peer), Some(peers)) = (peer.internet(), &self.peers) {
                        peers.remember(peer);
                    }
                }
                match actual() {
                    Some(actual) if listens => {
                        tolerate(&Operation::Listen { transport, asked: &actual, actual: &actual })
                    }
                    _ => Ok(()),
                }
            }
            Origin::Accepted(asked) => {
                if let Some(peer) = peer.as_ref().filter(|_| transport.is_internet()) {
                    self.judge(&Operation::Accept { transport, peer, given })?;
                }
                self.judge_listening(asked.as_deref().or(self.asked.as_deref()), actual())
            }
            Origin::Made => {
                if let Some(peer) = peer.filter(|peer| *peer != Address::Unix(Vec::new())) {
                    self.destination(&peer)?;
                }
                match &self.asked {
                    asked if listens => self.judge_listening(asked.as_deref(), actual()),
                    Some(address) => {
                        let operation = Operation::Bind { transport, address };
                        self.judge(&operation)?;
                        self.tolerate_chosen_port()?;
                        self.judge_path(address, &operation)
                    }
                    None => Ok(()),
                }
            }
        }
    }

    fn judge_listening(&self, asked: Option<&Address>, actual: Option<Address>) -> Result<()> {
        let Some(actual) = actual else { return Ok(()) };
        let asked = asked.unwrap_or(&actual);
        let operation = Operation::Listen { transport: self.transport, asked, actual: &actual };
        self.judge(&operation)?;
        self.judge_path(asked, &operation)
    }

    /// A datagram socket hears at the port that the system chose for it, which may be denied. One that listens is judged
    /// when it does.
    pub(super) fn tolerate_chosen_port(&self) -> Result<()> {
        let chosen = self.asked.as_deref().and_then(Address::internet).is_some_and(|asked| asked.port() == 0);
        match self.local().ok().flatten().filter(|_| chosen && self.peers.is_some()) {
            Some(address) => self.tolerate(&Operation::Bind { transport: self.transport, address: &address }),
            None => Ok(()),
        }
    }

    /// A unix path must be in a directory that is granted now.
    fn judge_path(&self, address: &Address, operation: &Operation<'_>) -> Result<()> {
        let Some(path) = address.unix_path().filter(|_| self.transport == Transport::Unix) else { return Ok(()) };
        self.shared.judge_path(path, operation)
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::num::NonZeroU64;
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::error::{Error, Refusal};
    use crate::policy::{Names, Policy, Rules, RulesBuilder};
    use crate::{Limits, SocketCtx, Waiting};

    fn ctx(limits: Limits) -> SocketCtx {
        let rules = Rules::parse(["connect:udp=127.0.0.0/8"]).expect("a rule");
        SocketCtx::builder().rules(rules).expect("a context").limits(limits).waiting(Waiting::Yield).build()
    }

    fn socket(ctx: &SocketCtx) -> Socket {
        Socket::create(&ctx.shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket")
    }

    /// Nothing came but this.
    fn came_alone(peer: &UdpSocket, data: &[u8]) -> bool {
        let mut buffer = vec![0; data.len() + 1];
        peer.set_nonblocking(true).expect("a flag");
        let first = peer.recv(&mut buffer).expect("what was sent");
        buffer[..first] == *data && peer.recv(&mut buffer).is_err()
    }

    #[tokio::test]
    async fn a_peer_that_was_allowed_once_gets_nothing_more() {
        let ctx = ctx(Limits::default());
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a peer");
        let to = Address::from(peer.local_addr().expect("an address"));
        let mut sockets: Vec<_> = (0..2).map(|_| socket(&ctx)).collect();
        for socket in &sockets {
            assert_eq!(socket.sendto(b"before", 0, &to).await, Ok(6));
        }
        let mut buffer = [0; 6];
        peer.recv(&mut buffer).expect("what was sent");
        ctx.policy_handle().expect("a handle").replace(Rules::default()).expect("a policy");
        let sent = sockets[0].sendto(b"after", 0, &to).await;
        assert!(matches!(sent, Err(Error::Denied(_))), "{sent:?}");
        let connected = sockets[1].connect(&to).await;
        assert!(matches!(connected, Err(Error::Denied(_))), "{connected:?}");
        assert!(came_alone(&peer, b"before"));
    }

    #[tokio::test]
    async fn a_port_that_the_system_chose_may_be_denied() {
        let rules = |deny: &[&str]| {
            let builder = Rules::builder().allow("udp".parse().expect("a rule"));
            let deny = deny.iter().map(|rule| rule.parse().expect("a rule"));
            deny.fold(builder, RulesBuilder::deny).build().expect("rules")
        };
        let all_ports = || rules(&["listen:udp=*:1-65535"]);
        let any = Address::from(std::net::SocketAddr::from(([127, 0, 0, 1], 0)));
        let under = |rules| SocketCtx::builder().rules(rules).expect("a context").build();
        let bound = socket(&under(all_ports())).bind(&any);
        assert!(matches!(bound, Err(Error::Denied(_))), "{bound:?}");
        let ctx = under(rules(&[]));
        let mut open = socket(&ctx);
        open.settimeout(Some(std::time::Duration::ZERO));
        assert_eq!(open.bind(&any), Ok(()));
        ctx.policy_handle().expect("a handle").replace(all_ports()).expect("a policy");
        let received = open.recvfrom(1, 0).await;
        assert!(matches!(received, Err(Error::Denied(_))), "{received:?}");
    }

    #[tokio::test]
    async fn what_waits_to_be_sent_goes_only_where_the_new_policy_lets_it() {
        let ctx = ctx(Limits { bandwidth_out: NonZeroU64::new(40_000), ..Limits::default() });
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a peer");
        let to = Address::from(peer.local_addr().expect("an address"));
        let (socket, data) = (socket(&ctx), [7; 50_000]);
        assert_eq!(socket.sendto(&data, 0, &to).await, Ok(data.len()));
        let mut second = pin!(socket.sendto(b"after", 0, &to));
        let pending = second.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(pending, Poll::Pending), "{pending:?}");
        ctx.policy_handle().expect("a handle").replace(Rules::default()).expect("a policy");
        let sent = second.await;
        assert!(matches!(sent, Err(Error::Denied(_))), "{sent:?}");
        assert!(came_alone(&peer, &data));
    }
    /// Allows what carries data to anybody, and counts how often it was asked; it lets nobody answer.
    struct Counting(Arc<AtomicUsize>);

    impl Policy for Counting {
        fn check(&self, operation: &Operation<'_>, _: &Names) -> std::result::Result<(), Refusal> {
            match operation {
                Operation::Connect { .. } => {
                    self.0.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                }
                _ => Err(Refusal::new(operation)),
            }
        }
    }

    #[tokio::test]
    async fn what_waits_to_be_sent_is_judged_once_by_each_policy() {
        let limits = Limits { bandwidth_out: NonZeroU64::new(1_000_000), ..Limits::default() };
        let (first, second) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let ctx = SocketCtx::builder().policy(Counting(first.clone())).limits(limits).waiting(Waiting::Yield).build();
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a peer");
        let to = Address::from(peer.local_addr().expect("an address"));
        let (socket, data) = (socket(&ctx), [7; 60_000]);
        let mut counted = 0;
        // The limit lets some through at once; the next one waits.
        let mut waiting = loop {
            let mut sending = Box::pin(socket.sendto(&data, 0, &to));
            counted += 1;
            match sending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(sent) => assert_eq!(sent, Ok(data.len())),
                Poll::Pending => break sending,
            }
        };
        assert_eq!(first.load(Ordering::Relaxed), counted);
        assert_eq!(waiting.as_mut().await, Ok(data.len()));
        assert_eq!(first.load(Ordering::Relaxed), counted, "it is allowed already");
        drop(waiting);
        let mut waiting = Box::pin(socket.sendto(&data, 0, &to));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        ctx.policy_handle().expect("a handle").replace_policy(Counting(second.clone()));
        assert_eq!(waiting.await, Ok(data.len()));
        assert_eq!(first.load(Ordering::Relaxed), counted + 1);
        assert_eq!(second.load(Ordering::Relaxed), 1);
    }
}
