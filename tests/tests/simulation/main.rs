//! `berkeley simulate`: the same run each time, what it finds, and how it ends.

mod faults;
#[cfg(unix)]
mod left;
mod mistakes;
mod outages;
mod poller;
mod scenario;
mod verdicts;

/// Tests of programs in C.
mod c_guest {
    mod tally;
}

/// Tests of programs that link with a standard library as Rust releases it.
mod released_target {
    mod files;
    mod limits;
    mod page;
    mod repeats;
    mod rounds;
    mod store;
    mod used;
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    mod faults;
    mod files;
    mod store;
    mod tls;
    mod unix;
}

/// Tests of programs that import packages from PyPI.
mod python_packages {
    mod pysyncobj;
}
