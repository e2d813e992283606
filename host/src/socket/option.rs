//! Getting and setting options: getsockopt(2), setsockopt(2).

use berkeley_constants as c;
use c::ioctl::SOL_IOCTL;

use super::handle::Socket;
use crate::error::{Errno, Error, Result};
use crate::observer::{Answer, Call};
use crate::option::{Access, Value, access_of, joined, multicast_source};
use crate::policy::Operation;
use crate::wait::Need;

/// The longest value that is read, as in Python.
const LONGEST: u32 = 1024;

impl Socket {
    /// The option's value as an integer: getsockopt(2). Fewer bytes than an integer has are its low ones. Those of
    /// AF_VSOCK are twice as wide: EOVERFLOW, if one does not fit.
    pub fn getsockopt(&self, level: i32, name: i32) -> Result<i32> {
        let mut seen = self.seen(Call::Getsockopt { level, name, size: None });
        let result = seen.run(|| self.getsockopt_unseen(level, name));
        self.tell(&mut seen, &result, |value| Answer::Int((*value).into()));
        result
    }

    pub(super) fn getsockopt_unseen(&self, level: i32, name: i32) -> Result<i32> {
        let size = if level == c::AF_VSOCK { size_of::<i64>() } else { size_of::<i32>() };
        let bytes = self.getsockopt_bytes_unseen(level, name, size as u32)?;
        if let Ok(wide) = bytes.as_slice().try_into() {
            return i32::try_from(i64::from_ne_bytes(wide)).map_err(|_| Errno::EOVERFLOW.into());
        }
        let mut value = [0; size_of::<i32>()];
        value[..bytes.len()].copy_from_slice(&bytes);
        Ok(i32::from_ne_bytes(value))
    }

    /// The option's value as bytes, at most `size` of them, which is 0 to 1024: getsockopt(2). EINVAL beyond.
    pub fn getsockopt_bytes(&self, level: i32, name: i32, size: u32) -> Result<Vec<u8>> {
        let mut seen = self.seen(Call::Getsockopt { level, name, size: Some(size) });
        let result = seen.run(|| self.getsockopt_bytes_unseen(level, name, size));
        self.tell(&mut seen, &result, |value| Answer::Value(value));
        result
    }

    fn getsockopt_bytes_unseen(&self, level: i32, name: i32, size: u32) -> Result<Vec<u8>> {
        let descriptor = self.descriptor()?;
        if access_of(self.family(), level, name) == Access::Never {
            return Err(self.refused(&Operation::SetOption { level, name }));
        }
        if size > LONGEST {
            return Err(Errno::EINVAL.into());
        }
        if level == SOL_IOCTL {
            let mut value = descriptor.socket().ioctl_number(name)?.to_ne_bytes().to_vec();
            value.truncate(size as usize);
            return Ok(value);
        }
        match self.linger(level, name, size as usize)? {
            Some(value) => Ok(value),
            None => Ok(descriptor.socket().getsockopt(level, name, size as usize)?),
        }
    }

    /// Sets the option: setsockopt(2).
    pub fn setsockopt(&self, level: i32, name: i32, value: &Value) -> Result<()> {
        let mut seen = self.seen(Call::Setsockopt { level, name, value });
        let result = seen.run(|| self.setsockopt_unseen(level, name, value));
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    fn setsockopt_unseen(&self, level: i32, name: i32, value: &Value) -> Result<()> {
        let bytes = match value {
            Value::Int(value) => value.to_ne_bytes().to_vec(),
            Value::Bytes(value) => value.clone(),
            Value::Null(_) => Vec::new(),
        };
        let need = self.judge_value(level, name, value, &bytes)?;
        let setting = need.map(|need| self.setting(level, name, need, &bytes)).transpose()?;
        self.set(level, name, value, bytes.clone())?;
        // What is set again, as it was, is noted already.
        if !matches!(setting, Some(None)) {
            self.note_setting(level, name, &bytes, setting.flatten());
        }
        Ok(())
    }

    /// Asks the policy; tells what it had to allow, if it had to.
    fn judge_value(&self, level: i32, name: i32, value: &Value, bytes: &[u8]) -> Result<Option<Need>> {
        let mut needs_grant = self.judge_option(level, name)?;
        if is_privileged(level, name, bytes) {
            self.judge(&Operation::SetOption { level, name })?;
            needs_grant = true;
        }
        if let Some(group) = joined(level, name, value) {
            self.judge(&Operation::Join { transport: self.transport(), group })?;
            return Ok(Some(Need::Group(group)));
        }
        if let Some(source) = multicast_source(level, name, bytes).filter(|source| !source.is_unspecified()) {
            self.judge_source(source)?;
            return Ok(Some(Need::Source(source)));
        }
        Ok(needs_grant.then_some(Need::Option))
    }

    fn set(&self, level: i32, name: i32, value: &Value, bytes: Vec<u8>) -> Result<()> {
        let descriptor = self.descriptor()?;
        if (level, name) == (c::SOL_SOCKET, c::SO_LINGER) {
            descriptor.file().linger();
        }
        if self.set_linger(level, name, &bytes)? {
            return Ok(());
        }
        match value {
            Value::Int(value) if level == c::AF_VSOCK => {
                descriptor.socket().setsockopt(level, name, &i64::from(*value).to_ne_bytes())?;
            }
            Value::Int(_) | Value::Bytes(_) => {
                descriptor.socket().setsockopt(level, name, &self.clamped(level, name, bytes))?;
            }
            Value::Null(len) => descriptor.socket().setsockopt_null(level, name, *len)?,
        }
        match (level, name) {
            (c::SOL_SOCKET, c::SO_RCVLOWAT) => self.note_low_water(),
            (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO | c::SO_RCVTIMEO_NEW | c::SO_SNDTIMEO_NEW) => {
                // The seconds come first.
                let seconds = if let Value::Bytes(time) = value { time.first_chunk() } else { None };
                let is_negative = seconds.is_some_and(|seconds| i64::from_ne_bytes(*seconds) < 0);
                descriptor.file().limit(name, is_negative);
            }
            (c::SOL_SOCKET, c::SO_NO_CHECK | c::SO_TIMESTAMPING | c::SO_TIMESTAMPING_NEW | c::SO_TXTIME) => {
                descriptor.file().send_apart();
            }
            (c::IPPROTO_UDP, name) if name != c::UDP_GRO => descriptor.file().send_apart(),
            (c::IPPROTO_TCP, c::TCP_ULP) => descriptor.file().layer(),
            _ => {}
        }
        Ok(())
    }

    /// The value, or the largest that the guest's limit on buffers leaves where it is the size of one. The kernel clamps it
    /// likewise, and takes a negative size for a large one.
    fn clamped(&self, level: i32, name: i32, mut value: Vec<u8>) -> Vec<u8> {
        const SIZES: [i32; 4] = [c::SO_SNDBUF, c::SO_RCVBUF, c::SO_SNDBUFFORCE, c::SO_RCVBUFFORCE];
        let buffers = &self.shared.gates.buffers;
        // Options and what they keep, such as memberships, are the kernel's memory as well.
        buffers.charge_message(value.len());
        if level == c::SOL_SOCKET
            && SIZES.contains(&name)
            && let Some(size) = value.first_chunk_mut()
        {
            let most = u32::try_from(buffers.largest()).unwrap_or(u32::MAX).min(i32::MAX as u32);
            let clamped = u32::from_ne_bytes(*size).min(most);
            *size = clamped.to_ne_bytes();
            buffers.charge(clamped as usize * 2);
        }
        value
    }

    /// Whether the policy had to allow it.
    fn judge_option(&self, level: i32, name: i32) -> Result<bool> {
        self.descriptor()?;
        let operation = Operation::SetOption { level, name };
        let granted = || self.judge(&operation).map(|()| true);
        match access_of(self.family(), level, name) {
            Access::Ordinary => self.shared.tolerate(&operation).map(|()| false),
            Access::Never => Err(self.refused(&operation)),
            // The levels of a family that was granted are granted with it.
            Access::Unknown if self.transport().is_privileged() => Ok(false),
            // An option that the kernel does not know gets the kernel's answer, not the policy's.
            Access::Unknown => match self.getsockopt(level, name) {
                Err(error @ Error::Os(Errno::ENOPROTOOPT | Errno::EOPNOTSUPP)) if !self.would_allow(&operation) => {
                    // What setsockopt answers, which for internet sockets is not what getsockopt does.
                    Err(if self.transport().is_internet() { Errno::ENOPROTOOPT.into() } else { error })
                }
                _ => granted(),
            },
            Access::Granted => granted(),
        }
    }
}

/// Whether it is a value that the kernel keeps for CAP_NET_ADMIN, of an option that is ordinary otherwise. The host may
/// have the capability; a guest has it only by a grant.
pub(crate) fn is_privileged(level: i32, name: i32, value: &[u8]) -> bool {
    match (level, name) {
        (c::SOL_SOCKET, c::SO_PRIORITY) => {
            let priority = value.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes));
            priority.is_some_and(|priority| !(0..=6).contains(&priority))
        }
        (c::IPPROTO_TCP, c::TCP_CONGESTION) => {
            const ALLOWED: &str = "/proc/sys/net/ipv4/tcp_allowed_congestion_control";
            let allowed = std::fs::read_to_string(ALLOWED).unwrap_or_default();
            let name = value.split(|byte| *byte == 0).next().unwrap_or_default();
            !allowed.split_whitespace().any(|allowed| allowed.as_bytes() == name)
        }
        _ => false,
    }
}
