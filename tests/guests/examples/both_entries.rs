//! A program that has an entry point of WASI 0.2 and one of 0.3, and tells which was taken.

struct Program;

wasip2::cli::command::export!(Program);
wasip3::cli::command::export!(Program);

impl wasip2::exports::cli::run::Guest for Program {
    fn run() -> Result<(), ()> {
        println!("0.2");
        Ok(())
    }
}

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        println!("0.3");
        Ok(())
    }
}
