//! What OpenSSL finds of chains, by its command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether there is the command, of the version whose verdicts these are: 3.
pub(super) fn is_there() -> bool {
    let version = Command::new("openssl").arg("version").output();
    version.is_ok_and(|output| output.stdout.starts_with(b"OpenSSL 3."))
}

/// Certificates as files.
pub(super) struct Files<'a>(pub(super) &'a Path);

impl Files<'_> {
    /// A file of certificates.
    pub(super) fn write<'c>(&self, name: &str, certificates: impl IntoIterator<Item = &'c [u8]>) -> PathBuf {
        self.write_as("CERTIFICATE", name, certificates)
    }

    /// A file of revocation lists.
    pub(super) fn write_lists<'c>(&self, name: &str, lists: impl IntoIterator<Item = &'c [u8]>) -> PathBuf {
        self.write_as("X509 CRL", name, lists)
    }

    fn write_as<'c>(&self, kind: &str, name: &str, all: impl IntoIterator<Item = &'c [u8]>) -> PathBuf {
        let path = self.0.join(name);
        let text: String = all.into_iter().map(|der| pem(kind, der)).collect();
        fs::write(&path, text).expect("writes");
        path
    }
}

fn pem(kind: &str, der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {kind}-----\n");
    for line in der.chunks(48) {
        for part in line.chunks(3) {
            let bits = part.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - part.len()));
            for at in 0..4 {
                let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63];
                text.push(if at > part.len() { '=' } else { char::from(digit) });
            }
        }
        text.push('\n');
    }
    text + &format!("-----END {kind}-----\n")
}

/// OpenSSL's verdicts on the certificates: the first of its numbers, or 0 for one that holds.
///
/// It is asked once about all of them. One that it cannot read has the number 1.
pub(super) fn verdicts(arguments: &[&str], leaves: &[PathBuf]) -> Vec<u32> {
    let common = ["verify", "-no-CApath", "-no-CAstore", "-auth_level", "2"];
    let output = Command::new("openssl").args(common).args(arguments).args(leaves).output().expect("openssl runs");
    let mut told = BTreeMap::new();
    let mut first = None;
    for line in str::from_utf8(&output.stderr).expect("ASCII").lines() {
        match line.strip_prefix("error ") {
            Some(rest) if rest.ends_with(": verification failed") => {
                let file = rest.trim_end_matches(": verification failed");
                told.insert(PathBuf::from(file), first.take().unwrap_or(1));
            }
            Some(rest) => first = first.or(rest.split(' ').next().and_then(|number| number.parse().ok())),
            None => {}
        }
    }
    for line in str::from_utf8(&output.stdout).expect("ASCII").lines() {
        if let Some(file) = line.strip_suffix(": OK") {
            assert_eq!(told.insert(PathBuf::from(file), 0), None, "{line}");
        }
    }
    leaves.iter().map(|leaf| told.get(leaf).copied().unwrap_or(1)).collect()
}
