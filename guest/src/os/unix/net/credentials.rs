//! Who is at the other end.

use crate::ancillary::Credentials;

/// Who the peer of a connection is: what [`UnixStream::peer_cred`](super::UnixStream::peer_cred) gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UCred {
    /// The user.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// The process.
    pub pid: Option<i32>,
}

impl From<Credentials> for UCred {
    fn from(Credentials { pid, uid, gid }: Credentials) -> Self {
        Self { uid, gid, pid: Some(pid) }
    }
}

/// The credentials that a message is sent with, or came with: SCM_CREDENTIALS.
#[derive(Clone, Debug)]
pub struct SocketCred(pub(super) Credentials);

impl SocketCred {
    /// Those of user, group and process 0, to be set.
    #[expect(clippy::new_without_default, reason = "`std` has it so")]
    pub fn new() -> Self {
        Self(Credentials { pid: 0, uid: 0, gid: 0 })
    }

    /// Sets the process.
    pub fn set_pid(&mut self, pid: i32) {
        self.0.pid = pid;
    }

    /// The process.
    pub fn get_pid(&self) -> i32 {
        self.0.pid
    }

    /// Sets the user.
    pub fn set_uid(&mut self, uid: u32) {
        self.0.uid = uid;
    }

    /// The user.
    pub fn get_uid(&self) -> u32 {
        self.0.uid
    }

    /// Sets the group.
    pub fn set_gid(&mut self, gid: u32) {
        self.0.gid = gid;
    }

    /// The group.
    pub fn get_gid(&self) -> u32 {
        self.0.gid
    }
}
