//! Sockets and files together: Python's `sendfile` and `makefile`.

mod makefile;
mod open;
mod sendfile;
mod stream;

pub use makefile::SocketFile;
pub use open::open;
pub use wasip2::filesystem::types::Descriptor;
