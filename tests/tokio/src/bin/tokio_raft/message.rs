//! What nodes and clients ask, one question and one answer a line, and the way there.

use std::io::{self, Cursor};
use std::net::ToSocketAddrs;
use std::time::Duration;

use openraft::error::{RPCError, RaftError, RemoteError, Unreachable};
use openraft::network::RPCOption;
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse, VoteRequest,
    VoteResponse,
};
use openraft::{BasicNode, RaftNetwork, RaftNetworkFactory};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

openraft::declare_raft_types!(
    /// A register of one number.
    pub(crate) Types: D = u64, R = u64
);

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Question {
    Append(AppendEntriesRequest<Types>),
    Vote(VoteRequest<u64>),
    Snapshot(InstallSnapshotRequest<Types>),
    Write(u64),
    Read,
}

/// Why a client has no answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Refusal {
    /// Another one leads, or none: nothing was done.
    NotLeader(Option<u64>),
    /// Nobody knows whether it was done.
    Unknown,
}

/// The address of a node.
pub(crate) fn address(number: u64) -> String {
    format!("raft{number}:7000")
}

/// A connection to a node, kept from one question to the next.
pub(crate) struct Line {
    number: u64,
    stream: Option<BufReader<TcpStream>>,
}

impl Line {
    pub(crate) fn to(number: u64) -> Self {
        Self { number, stream: None }
    }

    /// Asks the node, and waits so long for the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, question: &Question, patience: Duration) -> io::Result<T> {
        let text = serde_json::to_string(question)? + "\n";
        // Whoever gives up in between leaves no connection with half an answer.
        let kept = self.stream.take();
        let asking = async {
            let mut stream = match kept {
                Some(stream) => stream,
                None => {
                    // tokio looks names up on another thread, which a guest has not.
                    let address = address(self.number).to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
                    BufReader::new(TcpStream::connect(address).await?)
                }
            };
            stream.write_all(text.as_bytes()).await?;
            let mut answer = String::new();
            stream.read_line(&mut answer).await?;
            let answer = serde_json::from_str(&answer)?;
            io::Result::Ok((stream, answer))
        };
        let (stream, answer) = timeout(patience, asking).await??;
        self.stream = Some(stream);
        Ok(answer)
    }

    async fn call<T: DeserializeOwned, E: std::error::Error + DeserializeOwned>(
        &mut self,
        question: Question,
        option: RPCOption,
    ) -> Result<T, RPCError<u64, BasicNode, RaftError<u64, E>>> {
        match self.ask(&question, option.hard_ttl()).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(RPCError::RemoteError(RemoteError::new(self.number, error))),
            Err(error) => Err(RPCError::Unreachable(Unreachable::new(&error))),
        }
    }
}

type Failed<E = openraft::error::Infallible> = RPCError<u64, BasicNode, RaftError<u64, E>>;

impl RaftNetwork<Types> for Line {
    async fn append_entries(
        &mut self,
        rpc: AppendEntriesRequest<Types>,
        option: RPCOption,
    ) -> Result<AppendEntriesResponse<u64>, Failed> {
        self.call(Question::Append(rpc), option).await
    }

    async fn vote(&mut self, rpc: VoteRequest<u64>, option: RPCOption) -> Result<VoteResponse<u64>, Failed> {
        self.call(Question::Vote(rpc), option).await
    }

    async fn install_snapshot(
        &mut self,
        rpc: InstallSnapshotRequest<Types>,
        option: RPCOption,
    ) -> Result<InstallSnapshotResponse<u64>, Failed<openraft::error::InstallSnapshotError>> {
        self.call(Question::Snapshot(rpc), option).await
    }
}

/// What makes connections for openraft.
pub(crate) struct Lines;

impl RaftNetworkFactory<Types> for Lines {
    type Network = Line;

    async fn new_client(&mut self, target: u64, _: &BasicNode) -> Line {
        Line::to(target)
    }
}
