//! The layout of control messages: cmsg(3). Bytes become messages, and messages bytes; no system is called.

use berkeley_constants as c;

/// linux/socket.h: a descriptor of a process.
const SCM_PIDFD: i32 = 4;

/// A control message as it came: its level, its type, its data.
pub(crate) type RawControl<'a> = (i32, i32, &'a [u8]);

/// How a system lays out control messages: struct cmsghdr.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// The bytes of the length in the header, behind which are level and type, of four each.
    length: usize,
    /// What messages are aligned to.
    align: usize,
}

/// linux/socket.h. Windows' WSACMSGHDR is the same.
pub(crate) const LINUX: Layout = Layout { length: size_of::<usize>(), align: size_of::<usize>() };
/// sys/socket.h of Apple's.
#[cfg(any(fuzzing, test, target_vendor = "apple"))]
pub(crate) const APPLE: Layout = Layout { length: 4, align: 4 };

// Of a length of fewer bytes than memory's, the first are taken.
const _: () = assert!(cfg!(target_endian = "little") || cfg!(target_os = "linux"));

impl Layout {
    const fn header(self) -> usize {
        self.length + 8
    }

    /// The messages in a buffer; malformed ones end them.
    pub(crate) fn parse(self, mut buffer: &[u8]) -> impl Iterator<Item = RawControl<'_>> {
        std::iter::from_fn(move || {
            let header = buffer.get(..self.header())?;
            let (told, numbers) = header.split_at(self.length);
            let mut length = [0; size_of::<usize>()];
            length[..self.length].copy_from_slice(told);
            let length = usize::from_ne_bytes(length);
            let data = buffer.get(self.header()..length)?;
            let [level, kind] = *numbers.as_chunks().0.first_chunk()?;
            buffer = buffer.get(length.next_multiple_of(self.align)..).unwrap_or_default();
            Some((i32::from_ne_bytes(level), i32::from_ne_bytes(kind), data))
        })
    }

    /// Adds a message to a buffer.
    pub(crate) fn put(self, buffer: &mut Vec<u8>, (level, kind, data): RawControl<'_>) {
        buffer.extend(&(self.header() + data.len()).to_ne_bytes()[..self.length]);
        buffer.extend(level.to_ne_bytes());
        buffer.extend(kind.to_ne_bytes());
        buffer.extend(data);
        buffer.resize(buffer.len().next_multiple_of(self.align), 0);
    }
}

/// net/scm.h: SCM_MAX_FD. The kernel passes no more descriptors with one message.
pub(crate) const MOST_PASSED: usize = 253;

/// What so many descriptors take, in one message.
pub(crate) fn room_for_descriptors(count: usize) -> usize {
    LINUX.header() + count * size_of::<i32>()
}

/// What SCM_CREDENTIALS takes, three numbers: struct ucred. Beside it there is room for nothing.
pub(crate) const ROOM_FOR_CREDENTIALS: u64 =
    (LINUX.header() + 3 * size_of::<i32>()).next_multiple_of(LINUX.align) as u64;

/// The control messages in a buffer that recvmsg(2) filled.
pub(crate) fn parse(buffer: &[u8]) -> impl Iterator<Item = RawControl<'_>> {
    LINUX.parse(buffer)
}

/// Those that hold no descriptors.
pub(crate) fn plain(buffer: &[u8]) -> impl Iterator<Item = RawControl<'_>> {
    parse(buffer).filter(|(level, kind, _)| !has_descriptors(*level, *kind))
}

/// Whether the data of such a control message are descriptors.
pub(crate) fn has_descriptors(level: i32, kind: i32) -> bool {
    level == c::SOL_SOCKET && matches!(kind, c::SCM_RIGHTS | SCM_PIDFD)
}

/// The numbers of descriptors in the data of such a control message. In place of one that could not be made there may
/// be the number of an error, which is negative.
pub(crate) fn descriptors(data: &[u8]) -> impl Iterator<Item = i32> {
    data.as_chunks().0.iter().map(|number| i32::from_ne_bytes(*number)).filter(|number| *number >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_messages_lie_as_in_the_headers() {
        let mut buffer = Vec::new();
        LINUX.put(&mut buffer, (1, 2, b"abc"));
        LINUX.put(&mut buffer, (41, 50, &[7; 20]));
        assert_eq!(buffer.len(), 24 + 40);
        assert_eq!(buffer[..19], *b"\x13\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0abc");
        let parsed: Vec<_> = parse(&buffer).collect();
        assert_eq!(parsed, [(1, 2, &b"abc"[..]), (41, 50, &[7; 20])]);
    }

    #[test]
    fn control_messages_lie_as_in_each_systems_headers() {
        let messages = [(1, 2, &b"abc"[..]), (41, 50, &[7; 20])];
        let put = |layout: Layout| {
            let mut buffer = Vec::new();
            messages.iter().for_each(|message| layout.put(&mut buffer, *message));
            buffer
        };
        let linux = put(LINUX);
        assert_eq!(linux[..24], *b"\x13\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0abc\0\0\0\0\0");
        assert_eq!(linux.len(), 24 + 40);
        let apple = put(APPLE);
        assert_eq!(apple[..16], *b"\x0f\0\0\0\x01\0\0\0\x02\0\0\0abc\0");
        assert_eq!(apple.len(), 16 + 32);
        assert_eq!(LINUX.parse(&linux).collect::<Vec<_>>(), messages);
        assert_eq!(APPLE.parse(&apple).collect::<Vec<_>>(), messages);
    }

    #[test]
    fn malformed_control_messages_end_the_list() {
        for bytes in [&b""[..], &[1; 11], &[0; 12], &[1; 15], &[0; 16], &[255; 32]] {
            assert_eq!(LINUX.parse(bytes).count(), 0, "{bytes:?}");
            assert_eq!(APPLE.parse(bytes).count(), 0, "{bytes:?}");
        }
    }
}
