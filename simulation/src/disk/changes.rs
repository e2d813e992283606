//! The functions that change what is in directories, of both versions of WASI.

/// Adds each of the functions by the macro, which makes it of its name, what is called, the arguments with their types, and
/// what is noted once it is done.
macro_rules! changes {
    ($add:ident: $types:ident, $ledger:ident) => {
        $add! {
            $types, $ledger;
            "create-directory-at", create_directory_at(path: String), |ledger, files, fd| ledger.made(files, fd, &path);
            "symlink-at", symlink_at(to: String, path: String), |ledger, files, fd| ledger.made(files, fd, &path);
            "remove-directory-at", remove_directory_at(path: String), |ledger, files, fd| ledger.entry(files, fd, &path);
            "unlink-file-at", unlink_file_at(path: String), |ledger, files, fd| ledger.entry(files, fd, &path);
            "link-at", link_at(flags: PathFlags, path: String, to: Handle, new: String), |ledger, files, _fd| {
                ledger.named(files, &to, &new);
            };
            "rename-at", rename_at(path: String, to: Handle, new: String), |ledger, files, fd| {
                ledger.entry(files, fd, &path);
                ledger.named(files, &to, &new);
            };
        }
    };
}

pub(super) use changes;
