//! The probes over `wasi:sockets` 0.3.

use berkeley_conformance::{answer, wasip3::Socket};

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        let arguments = wasip3::cli::environment::get_arguments();
        // The program's own name comes first, where there is one.
        answer::<Socket>(arguments.get(1..).unwrap_or_default()).await;
        Ok(())
    }
}
