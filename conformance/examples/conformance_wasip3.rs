//! The probes over `wasi:sockets` 0.3.

use berkeley_conformance::{run, wasip3::Socket};

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        let arguments = wasip3::cli::environment::get_arguments();
        run::<Socket>(&arguments[1..]).await;
        Ok(())
    }
}
