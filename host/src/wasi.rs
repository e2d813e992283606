//! The same policy for WASI's own sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

use crate::address::Address;
use crate::ctx::SocketCtx;
use crate::policy::{Operation, Transport};
use crate::shared::Shared;

impl SocketCtx {
    /// Puts `wasi:sockets` under this guest's policy, for programs that use both, or WASI's alone.
    ///
    /// WASI looks names up by itself and tells nobody. So it may do that only under a policy that allows the look-up
    /// of any name, and a grant by host name admits no address that WASI found.
    pub fn govern_wasi(&self, wasi: &mut WasiCtxBuilder) {
        let check = Check { shared: self.shared.clone(), bound: AtomicBool::new(false) };
        // No rule names this host, but a rule for all hosts has it.
        let any_lookup = check.shared.would_allow(&Operation::Lookup { host: "any.invalid" });
        wasi.allow_tcp(true).allow_udp(true).allow_ip_name_lookup(any_lookup);
        wasi.socket_addr_check(move |address, usage| {
            let allowed = check.allows(address, usage);
            Box::pin(async move { allowed })
        });
    }
}

struct Check {
    shared: Arc<Shared>,
    /// Whether a UDP socket was bound to an address of the guest's choice: WASI does not tell which one receives.
    bound: AtomicBool,
}

impl Check {
    fn allows(&self, address: SocketAddr, usage: SocketAddrUse) -> bool {
        // Binding to a port that the system chooses is part of connecting; WASI asks for both.
        let implicit = address.ip().is_unspecified() && address.port() == 0;
        // WASI does not tell what was asked for. A port of the guest's choice was judged when it was bound.
        let asked = Address::from(SocketAddr::new(address.ip(), 0));
        let address = Address::from(address);
        let (tcp, udp) = (Transport::Tcp, Transport::Udp);
        let judge = |operation| self.shared.judge(&operation).is_ok();
        let reaches = |transport| {
            let allowed = |peer| self.shared.judge(&Operation::Connect { transport, peer }).is_ok();
            address.reached().iter().all(allowed)
        };
        match usage {
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind if implicit => true,
            SocketAddrUse::TcpBind => judge(Operation::Bind { transport: tcp, address: &address }),
            SocketAddrUse::TcpListen => judge(Operation::Listen { transport: tcp, asked: &asked, actual: &address }),
            SocketAddrUse::TcpAccept => judge(Operation::Accept { transport: tcp, peer: &address, given: false }),
            SocketAddrUse::TcpConnect => reaches(tcp),
            SocketAddrUse::UdpBind => {
                let allowed = judge(Operation::Bind { transport: udp, address: &address });
                self.bound.fetch_or(allowed, Ordering::Relaxed);
                allowed
            }
            SocketAddrUse::UdpSend => reaches(udp),
            SocketAddrUse::UdpReceive if self.bound.load(Ordering::Relaxed) => {
                judge(Operation::Accept { transport: udp, peer: &address, given: false })
            }
            SocketAddrUse::UdpReceive => {
                judge(Operation::Receive { transport: udp, asked: None, peer: &address, given: false })
            }
        }
    }
}
