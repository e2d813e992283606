//! What Linux knows of a TCP connection.

use super::value::OptionStruct;
use crate::layout::Fields;

/// Makes a structure that grows with Linux: what an older kernel does not tell is 0, what a newer one adds is left out.
macro_rules! growing {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$about])* pub $field: $type,)*
        }

        impl OptionStruct for $name {
            const SIZE: usize = 0 $(+ size_of::<$type>())*;

            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                let mut fields = Fields(bytes);
                Some(Self { $($field: fields.next().map_or(0, <$type>::from_le_bytes),)* })
            }
        }
    };
}

growing! {
    /// `struct tcp_info`: what Linux knows of a TCP connection: TCP_INFO, tcp(7).
    ///
    /// The fields are those of `linux/tcp.h`, without `tcpi_`. What the kernel is too old to tell is 0.
    TcpInfo {
        /// The state: 1 is established, 2 SYN sent, 3 SYN received, 4 FIN-wait 1, 5 FIN-wait 2, 6 time-wait, 7 closed,
        /// 8 close-wait, 9 last ACK, 10 listening, 11 closing.
        state: u8,
        /// The state of congestion control: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss.
        ca_state: u8,
        /// How often the first segment that is not acknowledged was sent again.
        retransmits: u8,
        /// Window probes that were not answered.
        probes: u8,
        /// The exponent by which time-outs are longer.
        backoff: u8,
        /// The options in use: 1 time stamps, 2 SACK, 4 window scaling, 8 ECN, 0x10 ECN seen, 0x20 data with the SYN.
        options: u8,
        /// Both window scales: see [`TcpInfo::snd_wscale`] and [`TcpInfo::rcv_wscale`].
        wscale: u8,
        /// Bit 0: the delivery rate was limited by the program; bits 1 and 2: why Fast Open failed.
        flags: u8,
        /// The time-out for sending again, in microseconds.
        rto: u32,
        /// The time-out for delayed acknowledgements, in microseconds.
        ato: u32,
        /// The largest segment to send.
        snd_mss: u32,
        /// The largest segment to receive, as it is estimated.
        rcv_mss: u32,
        /// Segments that are not acknowledged. Of a listening socket: connections that await `accept`.
        unacked: u32,
        /// Segments that were acknowledged selectively. Of a listening socket: its backlog.
        sacked: u32,
        /// Segments that are taken for lost.
        lost: u32,
        /// Segments that were sent again and are not acknowledged.
        retrans: u32,
        /// Out of use.
        fackets: u32,
        /// Milliseconds since data was sent.
        last_data_sent: u32,
        /// Out of use.
        last_ack_sent: u32,
        /// Milliseconds since data was received.
        last_data_recv: u32,
        /// Milliseconds since an acknowledgement was received.
        last_ack_recv: u32,
        /// The path's MTU.
        pmtu: u32,
        /// The threshold of the receive window.
        rcv_ssthresh: u32,
        /// The round trip's time, smoothed, in microseconds.
        rtt: u32,
        /// How much that varies, in microseconds.
        rttvar: u32,
        /// The slow-start threshold, in segments.
        snd_ssthresh: u32,
        /// The congestion window, in segments.
        snd_cwnd: u32,
        /// The segment size that was told to the peer.
        advmss: u32,
        /// How far segments may get out of order.
        reordering: u32,
        /// The round trip's time as the receiver estimates it, in microseconds.
        rcv_rtt: u32,
        /// The room for data to receive, in bytes.
        rcv_space: u32,
        /// Segments that were sent again, all in all.
        total_retrans: u32,
        /// The rate of sending, in bytes a second.
        pacing_rate: u64,
        /// Its limit, in bytes a second.
        max_pacing_rate: u64,
        /// Bytes that the peer acknowledged.
        bytes_acked: u64,
        /// Bytes that were received.
        bytes_received: u64,
        /// Segments that were sent.
        segs_out: u32,
        /// Segments that were received.
        segs_in: u32,
        /// Bytes that are not sent yet.
        notsent_bytes: u32,
        /// The shortest round trip, in microseconds.
        min_rtt: u32,
        /// Segments with data that were received.
        data_segs_in: u32,
        /// Segments with data that were sent.
        data_segs_out: u32,
        /// The latest rate of delivery, in bytes a second.
        delivery_rate: u64,
        /// Microseconds in which there was data to send.
        busy_time: u64,
        /// Those of them in which the peer's window was full.
        rwnd_limited: u64,
        /// Those of them in which the send buffer was full.
        sndbuf_limited: u64,
        /// Segments that were delivered, those sent again among them.
        delivered: u32,
        /// Those of them that were acknowledged with a mark of congestion.
        delivered_ce: u32,
        /// Bytes of data that were sent, those sent again among them.
        bytes_sent: u64,
        /// Bytes that were sent again.
        bytes_retrans: u64,
        /// Duplicates that the peer told of.
        dsack_dups: u32,
        /// How often segments came out of order.
        reord_seen: u32,
        /// Segments that were received out of order.
        rcv_ooopack: u32,
        /// The peer's receive window, in bytes.
        snd_wnd: u32,
        /// The own receive window, in bytes.
        rcv_wnd: u32,
        /// How often another path was tried.
        rehash: u32,
        /// Time-outs, all in all.
        total_rto: u16,
        /// Recoveries from time-outs.
        total_rto_recoveries: u16,
        /// Milliseconds spent in such recoveries.
        total_rto_time: u32,
    }
}

impl TcpInfo {
    /// The scale of the peer's window, as a power of two.
    pub fn snd_wscale(&self) -> u8 {
        self.wscale & 0xf
    }

    /// The scale of the own window, as a power of two.
    pub fn rcv_wscale(&self) -> u8 {
        self.wscale >> 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tcp_info_copes_with_every_kernel() {
        assert_eq!(TcpInfo::SIZE, 248);
        let mut kernel: Vec<u8> = vec![0; 300];
        kernel[0] = 1;
        kernel[6] = 0x7a;
        kernel[68..72].copy_from_slice(&1234u32.to_le_bytes());
        kernel[104..112].copy_from_slice(&5678u64.to_le_bytes());
        kernel[244..248].copy_from_slice(&9u32.to_le_bytes());
        let newest = TcpInfo::from_bytes(&kernel).unwrap();
        assert_eq!((newest.state, newest.snd_wscale(), newest.rcv_wscale()), (1, 10, 7));
        assert_eq!((newest.rtt, newest.pacing_rate, newest.total_rto_time), (1234, 5678, 9));
        // As Linux 3 had it, and one that ends within a field.
        let older = TcpInfo::from_bytes(&kernel[..104]).unwrap();
        assert_eq!((older.rtt, older.pacing_rate), (1234, 0));
        let broken = TcpInfo::from_bytes(&kernel[..70]).unwrap();
        assert_eq!((broken.rtt, broken.total_rto), (0, 0), "what is left is no later field");
    }
}
