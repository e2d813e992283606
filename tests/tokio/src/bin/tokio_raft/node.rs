//! A node.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use berkeley_test_tokio::Result;
use openraft::error::{CheckIsLeaderError, ClientWriteError, RaftError};
use openraft::{BasicNode, Config, Raft, SnapshotPolicy};
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::log::Log;
use crate::machine::Machine;
use crate::message::{Lines, Question, Refusal, Types, address};

/// How long a node tries what a client asks for.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a node does otherwise than it should.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It reads without asking the others.
    Stale,
    /// It does not keep how far its log is committed, which openraft leaves to it.
    Forgetful,
}

struct Node {
    raft: Raft<Types>,
    machine: Machine,
    is_stale: bool,
}

pub(crate) async fn run(number: u64, count: u64, fault: Fault) -> Result {
    let config = Config {
        heartbeat_interval: 100,
        election_timeout_min: 300,
        election_timeout_max: 600,
        // So few that snapshots are needed.
        snapshot_policy: SnapshotPolicy::LogsSinceLast(8),
        max_in_snapshot_log_to_keep: 2,
        ..Config::default()
    };
    let machine = Machine::open()?;
    let log = Log::open(fault != Fault::Forgetful)?;
    let raft = Raft::new(number, Arc::new(config.validate()?), Lines, log, machine.clone()).await?;
    let members: BTreeMap<_, _> = (1..=count).map(|number| (number, BasicNode::new(address(number)))).collect();
    // One that has a log has its members from there.
    if !raft.is_initialized().await? {
        let _ = raft.initialize(members).await;
    }
    let node = Arc::new(Node { raft, machine, is_stale: fault == Fault::Stale });
    let listener = TcpListener::bind(("0.0.0.0", 7000)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let node = node.clone();
        tokio::spawn(async move {
            // A client that is gone needs no answer.
            let _ = node.serve(stream).await;
        });
    }
}

impl Node {
    async fn serve(&self, stream: TcpStream) -> Result {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 0 {
            let answer = self.answer(serde_json::from_str(&line)?).await?;
            stream.write_all((answer + "\n").as_bytes()).await?;
            line.clear();
        }
        Ok(())
    }

    async fn answer(&self, question: Question) -> serde_json::Result<String> {
        fn text(answer: impl Serialize) -> serde_json::Result<String> {
            serde_json::to_string(&answer)
        }
        match question {
            Question::Append(rpc) => text(self.raft.append_entries(rpc).await),
            Question::Vote(rpc) => text(self.raft.vote(rpc).await),
            Question::Snapshot(rpc) => text(self.raft.install_snapshot(rpc).await),
            Question::Write(value) => text(timeout(PATIENCE, self.write(value)).await.unwrap_or(Err(Refusal::Unknown))),
            Question::Read => text(timeout(PATIENCE, self.read()).await.unwrap_or(Err(Refusal::Unknown))),
        }
    }

    async fn write(&self, value: u64) -> Result<u64, Refusal> {
        match self.raft.client_write(value).await {
            Ok(answer) => Ok(answer.data),
            Err(RaftError::APIError(ClientWriteError::ForwardToLeader(leader))) => {
                Err(Refusal::NotLeader(leader.leader_id))
            }
            Err(_) => Err(Refusal::Unknown),
        }
    }

    async fn read(&self) -> Result<u64, Refusal> {
        if self.is_stale {
            return Ok(self.machine.value());
        }
        match self.raft.ensure_linearizable().await {
            Ok(_) => Ok(self.machine.value()),
            Err(RaftError::APIError(CheckIsLeaderError::ForwardToLeader(leader))) => {
                Err(Refusal::NotLeader(leader.leader_id))
            }
            Err(_) => Err(Refusal::Unknown),
        }
    }
}
