//! The client: several tasks that write and read at once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use berkeley_test_tokio::Result;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::history::{Done, Operation, is_linearizable};
use crate::message::{Line, Question, Refusal};

/// How many tasks there are.
const TASKS: u64 = 3;

/// How long an answer may take, and how long a task waits before the next try or operation.
const PATIENCE: Duration = Duration::from_millis(1500);
const PAUSE: Duration = Duration::from_millis(150);

type History = Arc<Mutex<Vec<Done>>>;

pub(crate) async fn run(count: u64, operations: u64) -> Result {
    let began = Instant::now();
    let history = History::default();
    let mut tasks: JoinSet<_> = (0..TASKS).map(|task| work(task, count, operations, began, history.clone())).collect();
    while let Some(done) = tasks.join_next().await {
        done?;
    }
    let history = history.lock().unwrap_or_else(PoisonError::into_inner);
    let reads = history.iter().filter(|done| matches!(done.what, Operation::Read(_))).count();
    println!("{} writes and {reads} reads", history.len() - reads);
    if !is_linearizable(&history) {
        for done in history.iter() {
            println!("{done}");
        }
        println!("not linearizable");
        std::process::exit(1);
    }
    println!("done");
    Ok(())
}

/// What the task does: a write of a number that nobody else writes, a read, and so on.
async fn work(task: u64, count: u64, operations: u64, began: Instant, history: History) {
    let mut lines: Vec<_> = (1..=count).map(Line::to).collect();
    let mut leader = task % count;
    for turn in 0..operations {
        let value = (task + 1) * 1000 + turn;
        let question = if turn % 2 == 0 { Question::Write(value) } else { Question::Read };
        let (from, answer) = loop {
            let from = began.elapsed();
            let answer: std::io::Result<Result<u64, Refusal>> = lines[leader as usize].ask(&question, PATIENCE).await;
            match answer {
                Ok(Ok(answer)) => break (from, Some(answer)),
                // Nothing was done, and so it may be tried again.
                Ok(Err(Refusal::NotLeader(other))) => {
                    leader = other.map_or((leader + 1) % count, |other| other - 1);
                    sleep(PAUSE).await;
                }
                Ok(Err(Refusal::Unknown)) | Err(_) => {
                    leader = (leader + 1) % count;
                    break (from, None);
                }
            }
        };
        let until = answer.map(|_| began.elapsed());
        let what = match (question, answer) {
            (Question::Write(value), _) => Some(Operation::Write(value)),
            (_, answer) => answer.map(Operation::Read),
        };
        if let Some(what) = what {
            history.lock().unwrap_or_else(PoisonError::into_inner).push(Done { task, what, from, until });
        }
        sleep(PAUSE).await;
    }
}
