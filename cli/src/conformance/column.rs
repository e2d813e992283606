//! What a column of the report is of.

use serde::{Deserialize, Serialize};

use crate::conformance::platform::Platform;

/// A platform, in this program or under a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) platform: Platform,
    /// The host that ran the probes; none is this program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<String>,
    /// The host's version, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    /// The kernel, if there are columns of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kernel: Option<String>,
    /// Why the host does not start the component, if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

impl Column {
    /// What this program has.
    pub(super) const fn own(platform: Platform) -> Self {
        Self { platform, host: None, version: None, kernel: None, error: None }
    }

    /// As a heading.
    pub(super) fn title(&self) -> String {
        let platform = self.platform.name();
        match (&self.host, &self.version, &self.kernel) {
            (Some(host), Some(version), _) => format!("{host} {version}: {platform}"),
            (Some(host), None, _) => format!("{host}: {platform}"),
            (None, _, Some(kernel)) => format!("{platform} on {}", brief(kernel)),
            (None, _, None) => platform.to_owned(),
        }
    }

    /// Whether both are of the same, though versions and what was found may differ.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.platform == other.platform && self.host == other.host
    }
}

/// The kernel by its name and the first two numbers of its release: what is repaired in it later changes nothing here.
pub(super) fn brief(kernel: &str) -> String {
    let mut words = kernel.split(' ');
    let (name, release) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    format!("{name} {}", release.split('.').take(2).collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_titles() {
        let own = Column::own(Platform::Berkeley);
        assert_eq!(own.title(), "Berkeley");
        let here = Column { kernel: Some("Linux 6.1.0-56-amd64".into()), ..own.clone() };
        assert_eq!(here.title(), "Berkeley on Linux 6.1");
        let host = Column { host: Some("jco".into()), platform: Platform::Wasip2, ..own.clone() };
        assert_eq!(host.title(), "jco: wasi:sockets 0.2");
        let newer = Column { version: Some("2.0".into()), ..host.clone() };
        assert_eq!(newer.title(), "jco 2.0: wasi:sockets 0.2");
        assert!(host.is_like(&newer) && here.is_like(&own) && !host.is_like(&own));
    }

    #[test]
    fn kernels_are_told_apart_by_what_matters() {
        assert_eq!(brief("Linux 6.1.0-56-amd64"), "Linux 6.1");
        assert_eq!(brief("Linux 7.0"), "Linux 7.0");
    }
}
