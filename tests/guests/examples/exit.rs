//! A program of WASI 0.3 that ends with an exit code: that of its first argument; or, without one, by failing.

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        let code =
            wasip3::cli::environment::get_arguments().get(1).map(|code| code.parse().map_err(|_| ())).transpose()?;
        code.map_or(Err(()), |code| Ok(wasip3::cli::exit::exit_with_code(code)))
    }
}
