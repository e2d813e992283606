//! `berkeley simulate`: the same run each time, what it finds, and how it ends.

mod faults;
mod mistakes;
mod poller;
mod scenario;
mod verdicts;

/// Tests of programs that link with a standard library as Rust releases it.
mod released_target {
    mod files;
    mod page;
    mod repeats;
    mod store;
    mod used;
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    mod faults;
    mod store;
}

/// Tests of programs that import packages from PyPI.
mod python_packages {
    mod pysyncobj;
}
