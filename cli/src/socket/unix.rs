//! Unix sockets: at a path, or, behind an `@`, at an abstract name.
//!
//! The file of a socket that is bound here is removed at the end, and one that a socket has left that is gone is taken
//! over. No other file is touched, nor that of a socket that is open.

#![allow(clippy::disallowed_methods, reason = "what the person who runs the guest asks for is under no policy")]

use std::io;

use berkeley_host::OwnedSocket;
use socket2::{Domain, SockAddr, Socket, Type};

/// How many connections wait at most, unless the system has a lower bound.
const BACKLOG: i32 = 4096;

/// A socket that listens.
pub(super) fn listen(name: &str, kind: Type) -> io::Result<OwnedSocket> {
    let socket = bind(name, kind)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A socket that is connected.
pub(super) fn connect(name: &str, kind: Type) -> io::Result<OwnedSocket> {
    let socket = Socket::new(Domain::UNIX, kind, None)?;
    socket.connect(&address(name)?)?;
    Ok(socket.into())
}

/// A socket with an address.
pub(super) fn bind(name: &str, kind: Type) -> io::Result<Socket> {
    let (socket, address) = (Socket::new(Domain::UNIX, kind, None)?, address(name)?);
    if name.starts_with('@') {
        socket.bind(&address)?;
        return Ok(socket);
    }
    #[cfg(unix)]
    file::bind(&socket, &address, name.as_ref(), kind)?;
    #[cfg(not(unix))]
    socket.bind(&address)?;
    Ok(socket)
}

fn address(name: &str) -> io::Result<SockAddr> {
    match name.strip_prefix('@') {
        Some(_) if cfg!(not(target_os = "linux")) => {
            Err(io::Error::new(io::ErrorKind::Unsupported, "only Linux has abstract names; for a path write ./@…"))
        }
        // Abstract names begin with a byte 0.
        Some(name) => SockAddr::unix(format!("\0{name}")),
        None => SockAddr::unix(name),
    }
}

/// The files of sockets.
#[cfg(unix)]
mod file {
    use std::fs::{self, File};
    use std::io;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    use std::path::{Path, PathBuf};

    use socket2::{Domain, SockAddr, Socket, Type};

    use crate::ending;

    /// Binds the socket to the path, of which the file is removed at the end.
    pub(super) fn bind(socket: &Socket, address: &SockAddr, path: &Path, kind: Type) -> io::Result<()> {
        match socket.bind(address) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => take_over(socket, address, path, kind)?,
            bound => bound?,
        }
        let path = std::path::absolute(path)?;
        let made = identity(&path)?;
        ending::at_end(move || remove(&path, made));
        Ok(())
    }

    /// Binds it where a socket that is gone has left its file.
    fn take_over(socket: &Socket, address: &SockAddr, path: &Path, kind: Type) -> io::Result<()> {
        // Another process that does the same may have bound its own meanwhile.
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let directory = File::open(directory)?;
        if directory.try_lock().is_err() {
            return Err(in_use("another program takes it over just now"));
        }
        if !fs::symlink_metadata(path)?.file_type().is_socket() {
            return Err(in_use("there is a file that is no socket; it is left alone"));
        }
        let probe = Socket::new(Domain::UNIX, kind, None)?;
        // Its queue may be full.
        probe.set_nonblocking(true)?;
        match probe.connect(address) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
            _ => return Err(in_use("a program that runs has a socket there")),
        }
        fs::remove_file(path)?;
        socket.bind(address)
    }

    fn in_use(why: &str) -> io::Error {
        io::Error::new(io::ErrorKind::AddrInUse, why)
    }

    /// What tells one file from all others.
    fn identity(path: &Path) -> io::Result<(u64, u64)> {
        fs::symlink_metadata(path).map(|found| (found.dev(), found.ino()))
    }

    /// Removes the file, unless it is another one by now, or gone.
    fn remove(path: &PathBuf, made: (u64, u64)) {
        if identity(path).is_ok_and(|found| found == made) {
            let _ = fs::remove_file(path);
        }
    }
}
