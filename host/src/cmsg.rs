//! The layout of control messages: cmsg(3). Bytes become messages, and messages bytes; no system is called.

use berkeley_constants as c;

/// linux/socket.h: a descriptor of a process.
const SCM_PIDFD: i32 = 4;

/// A control message as it came: its level, its type, its data.
pub(crate) type RawControl<'a> = (i32, i32, &'a [u8]);

/// linux/socket.h: struct cmsghdr, and what it is aligned to.
const HEADER: usize = 16;

const fn align(length: usize) -> usize {
    (length + 7) & !7
}

/// Adds a control message to a buffer for sendmsg(2).
pub(crate) fn put(buffer: &mut Vec<u8>, (level, kind, data): RawControl<'_>) {
    buffer.extend((HEADER + data.len()).to_ne_bytes());
    buffer.extend(level.to_ne_bytes());
    buffer.extend(kind.to_ne_bytes());
    buffer.extend(data);
    buffer.resize(align(buffer.len()), 0);
}

/// The control messages in a buffer that recvmsg(2) filled.
pub(crate) fn parse(mut buffer: &[u8]) -> impl Iterator<Item = RawControl<'_>> {
    std::iter::from_fn(move || {
        let header = buffer.get(..HEADER)?;
        let length = usize::from_ne_bytes(header[..8].try_into().ok()?);
        let data = buffer.get(HEADER..length)?;
        let level = i32::from_ne_bytes(header[8..12].try_into().ok()?);
        let kind = i32::from_ne_bytes(header[12..].try_into().ok()?);
        buffer = buffer.get(align(length)..).unwrap_or_default();
        Some((level, kind, data))
    })
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
        put(&mut buffer, (1, 2, b"abc"));
        put(&mut buffer, (41, 50, &[7; 20]));
        assert_eq!(buffer.len(), 24 + 40);
        assert_eq!(buffer[..19], *b"\x13\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0abc");
        let parsed: Vec<_> = parse(&buffer).collect();
        assert_eq!(parsed, [(1, 2, &b"abc"[..]), (41, 50, &[7; 20])]);
    }

    #[test]
    fn malformed_control_messages_end_the_list() {
        for bytes in [&b""[..], &[1; 15], &[0; 16], &[255; 32]] {
            assert_eq!(parse(bytes).count(), 0, "{bytes:?}");
        }
    }
}
