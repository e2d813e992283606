//! Imports nothing of Berkeley: what WASI gives a program. Prints its arguments, a variable, what it reads from stdin
//! and from the file `/data/in`; writes `/data/out`; ends with the exit code that is its first argument.

use std::io::Read;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    println!("{arguments:?}");
    println!("{:?}", std::env::var("COLOUR").ok());
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    println!("{input:?}");
    println!("{:?}", std::fs::read_to_string("/data/in").ok());
    if let Err(error) = std::fs::write("/data/out", "written by the guest") {
        eprintln!("{}", error.kind());
    }
    match arguments.get(1).and_then(|code| code.parse().ok()) {
        Some(code) => std::process::exit(code),
        None if arguments.len() > 1 => panic!("the first argument is no number"),
        None => Ok(()),
    }
}
