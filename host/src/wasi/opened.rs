//! Files that a guest opens by WASI, whose descriptors are the process's like those of sockets.

use wasmtime_wasi::filesystem::Descriptor;

use crate::descriptors::admits_file;

/// Whether the process can spare the descriptor of what was just opened.
pub(super) fn is_spared(opened: &Descriptor) -> bool {
    let file = match opened {
        Descriptor::File(file) => &file.file,
        Descriptor::Dir(directory) => &directory.dir,
    };
    admits_file(&**file)
}
