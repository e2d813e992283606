//! Options and memberships that a policy had to allow, and what becomes of them under another one.
//!
//! What needs a grant is noted as it is set, with what undoes it: a membership is left, and an option gets the value that it
//! had before. Where nothing undoes it, the socket is of no use any more.

use berkeley_constants as c;

use super::handle::Socket;
use crate::error::{Errno, Result};
use crate::policy::Operation;
use crate::wait::{Need, Setting};

/// So many memberships are noted of one socket. The kernel has a limit as well, which may be a few.
const MOST: usize = 1024;
/// The longest value that is kept.
const LONGEST: usize = 1024;

/// What leaves a group that was joined so.
const LEAVING: &[(i32, i32)] = &[
    (c::IP_ADD_MEMBERSHIP, c::IP_DROP_MEMBERSHIP),
    (c::IP_ADD_SOURCE_MEMBERSHIP, c::IP_DROP_SOURCE_MEMBERSHIP),
    (c::IPV6_JOIN_GROUP, c::IPV6_LEAVE_GROUP),
    (c::MCAST_JOIN_GROUP, c::MCAST_LEAVE_GROUP),
    (c::MCAST_JOIN_SOURCE_GROUP, c::MCAST_LEAVE_SOURCE_GROUP),
];

impl Socket {
    /// What is to be noted once the option is set by that grant; none if it is noted already. ENOBUFS.
    pub(super) fn setting(&self, level: i32, name: i32, needs: Need, value: &[u8]) -> Result<Option<Setting>> {
        let file = self.descriptor()?.file();
        let undo = match needs {
            Need::Group(_) => {
                let leaving = LEAVING.iter().find(|(joining, _)| *joining == name);
                leaving.map(|(_, leaving)| (*leaving, value.to_vec()))
            }
            Need::Option | Need::Source(_) => {
                // What it was before the first time is what it is to be again.
                let first =
                    file.settings(|noted| noted.iter().find(|one| one.is(level, name)).map(|one| one.undo.clone()));
                first.unwrap_or_else(|| {
                    let before = self.descriptor().ok()?.socket().getsockopt(level, name, LONGEST);
                    Some((name, before.ok()?))
                })
            }
        };
        let setting = Setting { level, name, needs, undo };
        file.settings(|noted| match noted.len() {
            _ if noted.contains(&setting) => Ok(None),
            MOST.. => Err(Errno::ENOBUFS.into()),
            _ => Ok(Some(setting)),
        })
    }

    /// Notes what was set so. What needed no grant takes the place of what did.
    pub(super) fn note_setting(&self, level: i32, name: i32, value: &[u8], setting: Option<Setting>) {
        let Ok(descriptor) = self.descriptor() else { return };
        let is_left = |one: &Setting| {
            let undone = one.undo.as_ref().is_some_and(|(by, with)| *by == name && with == value);
            one.level == level && one.is_membership() && undone
        };
        descriptor.file().settings(|noted| {
            noted.retain(|one| !is_left(one) && (one.is_membership() || !one.is(level, name)));
            noted.extend(setting);
        });
    }

    /// Undoes what the policy that is now does not allow. EACCES: it cannot be undone.
    pub(super) fn undo_settings(&self) -> Result<()> {
        let descriptor = self.descriptor()?;
        for setting in descriptor.file().settings(|noted| noted.clone()) {
            let Err(denied) = self.judge_setting(&setting) else { continue };
            let socket = descriptor.socket();
            let undone = setting.undo.as_ref().is_some_and(|(name, value)| {
                let undone = socket.setsockopt(setting.level, *name, value);
                // A group that cannot be left is one that the guest has left otherwise.
                undone.is_ok() || setting.is_membership()
            });
            if !undone {
                return Err(denied);
            }
            descriptor.file().settings(|noted| noted.retain(|one| *one != setting));
        }
        Ok(())
    }

    fn judge_setting(&self, setting: &Setting) -> Result<()> {
        let Setting { level, name, .. } = *setting;
        match setting.needs {
            Need::Option => self.judge(&Operation::SetOption { level, name }),
            Need::Group(group) => self.judge(&Operation::Join { transport: self.transport, group }),
            Need::Source(source) => self.judge_source(source),
        }
    }
}

impl Setting {
    fn is(&self, level: i32, name: i32) -> bool {
        (self.level, self.name) == (level, name)
    }

    fn is_membership(&self) -> bool {
        matches!(self.needs, Need::Group(_))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::option::Value;
    use crate::policy::Rules;
    use crate::{SocketCtx, Waiting};

    const GROUP: [u8; 8] = [239, 83, 7, 1, 127, 0, 0, 1];

    fn rules(more: &[&str]) -> Rules {
        Rules::parse([&["listen:udp=127.0.0.1"], more].concat()).expect("rules")
    }

    fn guest(granted: &[&str]) -> (SocketCtx, Socket) {
        let builder = SocketCtx::builder().rules(rules(granted)).expect("a context");
        let ctx = builder.waiting(Waiting::Yield).build();
        let mut socket = Socket::create(&ctx.shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket");
        socket.settimeout(Some(std::time::Duration::ZERO));
        (ctx, socket)
    }

    fn replace(ctx: &SocketCtx, granted: &[&str]) {
        ctx.policy_handle().expect("a handle").replace(rules(granted)).expect("a policy");
    }

    fn noted(socket: &Socket) -> usize {
        socket.descriptor().expect("is open").file().settings(|noted| noted.len())
    }

    fn has_joined(socket: &Socket) -> bool {
        let kernels = socket.descriptor().expect("is open").socket();
        match kernels.setsockopt(c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP, &GROUP) {
            Ok(()) => {
                kernels.setsockopt(c::IPPROTO_IP, c::IP_DROP_MEMBERSHIP, &GROUP).expect("was joined");
                false
            }
            Err(error) => Errno::of(&error) == Some(Errno::EADDRINUSE),
        }
    }

    #[tokio::test]
    async fn a_group_that_is_granted_no_longer_is_left() {
        let (ctx, socket) = guest(&["listen:udp=239.83.7.1"]);
        let join = Value::Bytes(GROUP.to_vec());
        assert_eq!(socket.setsockopt(c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP, &join), Ok(()));
        replace(&ctx, &["listen:udp=239.83.7.1", "interfaces"]);
        assert_eq!(socket.recv(1, 0).await, Err(Errno::EAGAIN.into()));
        assert!(has_joined(&socket), "it is granted still");
        replace(&ctx, &[]);
        assert_eq!(socket.recv(1, 0).await, Err(Errno::EAGAIN.into()), "the socket is of use");
        assert!(!has_joined(&socket), "it is granted no longer");
        assert_eq!(noted(&socket), 0);
    }

    #[tokio::test]
    async fn a_group_that_the_guest_has_left_is_forgotten() {
        let (_ctx, socket) = guest(&["listen:udp=239.83.7.1"]);
        let join = Value::Bytes(GROUP.to_vec());
        for _ in 0..3 {
            assert_eq!(socket.setsockopt(c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP, &join), Ok(()));
            assert_eq!(noted(&socket), 1);
            assert_eq!(socket.setsockopt(c::IPPROTO_IP, c::IP_DROP_MEMBERSHIP, &join), Ok(()));
            assert_eq!(noted(&socket), 0);
        }
    }

    #[tokio::test]
    async fn an_option_that_is_granted_no_longer_has_its_old_value() {
        let (ctx, socket) = guest(&["option=IP_FREEBIND"]);
        for value in [1, 1] {
            assert_eq!(socket.setsockopt(c::IPPROTO_IP, c::IP_FREEBIND, &Value::Int(value)), Ok(()));
        }
        replace(&ctx, &[]);
        assert_eq!(socket.recv(1, 0).await, Err(Errno::EAGAIN.into()));
        assert_eq!(socket.getsockopt(c::IPPROTO_IP, c::IP_FREEBIND), Ok(0));
    }

    #[tokio::test]
    async fn where_an_option_cannot_be_undone_the_socket_is_of_no_use() {
        let (ctx, socket) = guest(&["option=SO_LOCK_FILTER"]);
        assert_eq!(socket.setsockopt(c::SOL_SOCKET, c::SO_LOCK_FILTER, &Value::Int(1)), Ok(()));
        replace(&ctx, &[]);
        for _ in 0..2 {
            let received = socket.recv(1, 0).await;
            assert!(matches!(received, Err(Error::Denied(_))), "{received:?}");
        }
        replace(&ctx, &["option=SO_LOCK_FILTER"]);
        assert_eq!(socket.recv(1, 0).await, Err(Errno::EAGAIN.into()));
    }

    #[tokio::test]
    async fn an_address_to_send_multicast_from_is_given_up() {
        let (ctx, socket) = guest(&["listen:udp=127.0.0.2"]);
        let source = Value::Bytes(vec![127, 0, 0, 2]);
        assert_eq!(socket.setsockopt(c::IPPROTO_IP, c::IP_MULTICAST_IF, &source), Ok(()));
        replace(&ctx, &[]);
        assert_eq!(socket.recv(1, 0).await, Err(Errno::EAGAIN.into()));
        assert_eq!(socket.getsockopt_bytes(c::IPPROTO_IP, c::IP_MULTICAST_IF, 4), Ok(vec![0; 4]));
    }
}
