//! A register on several nodes by the Raft of the crate openraft, as it is: its log and its state in files, its messages over
//! TCP; and a client that writes and reads it from several tasks at once, and judges whether what it saw is linearizable.
//!
//! `node NUMBER COUNT` is one of so many nodes, which are the hosts `raft1`, `raft2` and so on. `stale` in the place of `node`
//! reads without asking the others, and `forgetful` does not keep how far its log is committed: these are bugs. `client COUNT OPERATIONS` has each of its tasks do so many.

mod client;
mod history;
mod log;
mod machine;
mod message;
mod node;

use berkeley_test_tokio::Result;
use node::Fault;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["node", number, count] => node::run(number.parse()?, count.parse()?, Fault::None).await,
        ["stale", number, count] => node::run(number.parse()?, count.parse()?, Fault::Stale).await,
        ["forgetful", number, count] => node::run(number.parse()?, count.parse()?, Fault::Forgetful).await,
        ["client", count, operations] => client::run(count.parse()?, operations.parse()?).await,
        _ => {
            Err("write node NUMBER COUNT, stale NUMBER COUNT, forgetful NUMBER COUNT or client COUNT OPERATIONS".into())
        }
    }
}
