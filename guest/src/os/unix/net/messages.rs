//! Control messages in the bytes of a buffer.

use std::fmt;

use berkeley_constants::{SCM_CREDENTIALS, SCM_RIGHTS, SOL_SOCKET};

use super::credentials::SocketCred;
use crate::ancillary::{CMSG_LEN, CMSG_SPACE, Credentials};
use crate::layout::Fields;

/// A control message that is of no type known here.
#[derive(Debug)]
#[non_exhaustive]
pub enum AncillaryError {
    /// Its level and its type.
    Unknown {
        /// The level, such as SOL_SOCKET.
        cmsg_level: i32,
        /// The type.
        cmsg_type: i32,
    },
}

/// A control message.
#[derive(Debug)]
pub enum AncillaryData<'a> {
    /// SCM_RIGHTS: sockets.
    ScmRights(ScmRights<'a>),
    /// SCM_CREDENTIALS: who sent the message.
    ScmCredentials(ScmCredentials<'a>),
}

/// Numbers of sockets, as [`os::fd`](crate::os::fd) has them.
///
/// Those that were received are open, and nobody else's: `from_raw_fd` of the type takes one, [`close`] closes it.
///
/// [`close`]: crate::socket::close
pub struct ScmRights<'a>(&'a [u8]);

impl Iterator for ScmRights<'_> {
    type Item = i32;

    fn next(&mut self) -> Option<i32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i32::from_le_bytes(*number))
    }
}

impl fmt::Debug for ScmRights<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(ScmRights(self.0)).finish()
    }
}

/// Credentials of senders.
pub struct ScmCredentials<'a>(&'a [u8]);

impl Iterator for ScmCredentials<'_> {
    type Item = SocketCred;

    fn next(&mut self) -> Option<SocketCred> {
        let mut fields = Fields(self.0);
        let pid = fields.next().map(i32::from_le_bytes)?;
        let uid = fields.next().map(u32::from_le_bytes)?;
        let gid = fields.next().map(u32::from_le_bytes)?;
        self.0 = fields.0;
        Some(SocketCred(Credentials { pid, uid, gid }))
    }
}

impl fmt::Debug for ScmCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(ScmCredentials(self.0)).finish()
    }
}

/// The control messages of a buffer, one after the other.
#[derive(Debug)]
pub struct Messages<'a>(pub(super) Raw<'a>);

impl<'a> Iterator for Messages<'a> {
    type Item = Result<AncillaryData<'a>, AncillaryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (cmsg_level, cmsg_type, data) = self.0.next()?;
        Some(match (cmsg_level, cmsg_type) {
            (SOL_SOCKET, SCM_RIGHTS) => Ok(AncillaryData::ScmRights(ScmRights(data))),
            (SOL_SOCKET, SCM_CREDENTIALS) => Ok(AncillaryData::ScmCredentials(ScmCredentials(data))),
            _ => Err(AncillaryError::Unknown { cmsg_level, cmsg_type }),
        })
    }
}

/// The level, the type and the data of each message in the bytes.
#[derive(Debug)]
pub(super) struct Raw<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Raw<'a> {
    type Item = (i32, i32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut fields = Fields(self.0);
        let length = fields.next().map(u64::from_le_bytes)? as usize;
        let level = fields.next().map(i32::from_le_bytes)?;
        let r#type = fields.next().map(i32::from_le_bytes)?;
        let data = self.0.get(CMSG_LEN(0)..length)?;
        self.0 = self.0.get(CMSG_SPACE(data.len())..).unwrap_or_default();
        Some((level, r#type, data))
    }
}

/// Puts a message into the room, and tells how much of it that takes; none where it does not fit.
pub(super) fn put(room: &mut [u8], level: i32, r#type: i32, data: &[u8]) -> Option<usize> {
    let space = CMSG_SPACE(data.len());
    let room = room.get_mut(..space)?;
    let length = CMSG_LEN(data.len());
    let header = [&(length as u64).to_le_bytes()[..], &level.to_le_bytes(), &r#type.to_le_bytes()].concat();
    room[..header.len()].copy_from_slice(&header);
    room[header.len()..length].copy_from_slice(data);
    room[length..].fill(0);
    Some(space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_as_they_were_put_in() {
        let mut room = [9; 80];
        let first = put(&mut room, 1, 1, &[1, 0, 0, 0, 2, 0, 0, 0]).expect("it fits");
        let second = put(&mut room[first..], 1, 2, &[3; 12]).expect("it fits");
        let third = put(&mut room[first + second..], 7, 8, b"x").expect("it fits");
        assert_eq!((first, second, third), (24, 32, 24));
        assert!(put(&mut room[80..], 7, 8, b"").is_none());
        let written: Vec<_> = Messages(Raw(&room)).map(|message| format!("{message:?}")).collect();
        let credentials = "SocketCred(Credentials { pid: 50529027, uid: 50529027, gid: 50529027 })";
        assert_eq!(
            written,
            [
                "Ok(ScmRights([1, 2]))".to_owned(),
                format!("Ok(ScmCredentials([{credentials}]))"),
                "Err(Unknown { cmsg_level: 7, cmsg_type: 8 })".to_owned()
            ]
        );
    }

    #[test]
    fn bytes_that_are_no_messages_end_them() {
        for bytes in [&[][..], &[16, 0, 0], &[255; 40], &[0; 40]] {
            assert_eq!(Raw(bytes).count(), 0, "{bytes:?}");
        }
    }
}
