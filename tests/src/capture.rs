//! Captures of packets, read back: checksums, and the streams and datagrams that are in them.

use std::collections::HashMap;
use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use etherparse::{IpNumber, IpSlice, TcpSlice, UdpSlice};
use pcap_file::pcap::PcapReader;

/// What a capture has.
#[derive(Debug, Default)]
pub struct Capture {
    /// The bytes of each direction of each connection.
    pub streams: HashMap<(SocketAddr, SocketAddr), Vec<u8>>,
    /// The datagrams, in order.
    pub datagrams: Vec<(SocketAddr, SocketAddr, Vec<u8>)>,
    /// The flags of each packet of TCP, in order: of SYN, ACK, FIN, RST the first letters.
    pub flags: Vec<(SocketAddr, SocketAddr, String)>,
}

/// The number that comes next of each direction.
#[derive(Default)]
struct Numbers(HashMap<(SocketAddr, SocketAddr), u32>);

impl Capture {
    /// Reads the file. Each checksum must be right, each segment the next, each acknowledgement of what was sent, and each
    /// time later than that before.
    pub fn read(path: &Path) -> Self {
        let mut reader = PcapReader::new(File::open(path).expect("the capture")).expect("its header");
        let (mut capture, mut numbers) = (Self::default(), Numbers::default());
        let mut last = None;
        while let Some(packet) = reader.next_packet() {
            let packet = packet.expect("a whole packet");
            assert!(Some(packet.timestamp) > last, "{:?} after {last:?}", packet.timestamp);
            last = Some(packet.timestamp);
            capture.add(&packet.data, &mut numbers);
        }
        capture
    }

    fn add(&mut self, packet: &[u8], numbers: &mut Numbers) {
        let ip = IpSlice::from_slice(packet).expect("a packet");
        if let IpSlice::Ipv4(ipv4) = &ip {
            let header = ipv4.header();
            assert_eq!(header.header_checksum(), header.to_header().calc_header_checksum());
        }
        let payload = ip.payload();
        let addresses = (ip.source_addr(), ip.destination_addr());
        let ends = |from, to| (SocketAddr::new(addresses.0, from), SocketAddr::new(addresses.1, to));
        match payload.ip_number {
            IpNumber::UDP => {
                let udp = UdpSlice::from_slice(payload.payload).expect("a datagram");
                let (header, data) = (udp.to_header(), udp.payload());
                let right = match addresses {
                    (IpAddr::V4(from), IpAddr::V4(to)) => {
                        header.calc_checksum_ipv4_raw(from.octets(), to.octets(), data)
                    }
                    (IpAddr::V6(from), IpAddr::V6(to)) => {
                        header.calc_checksum_ipv6_raw(from.octets(), to.octets(), data)
                    }
                    ends => panic!("{ends:?}"),
                };
                assert_eq!(Ok(udp.checksum()), right);
                let (from, to) = ends(udp.source_port(), udp.destination_port());
                self.datagrams.push((from, to, data.to_vec()));
            }
            IpNumber::TCP => {
                let tcp = TcpSlice::from_slice(payload.payload).expect("a segment");
                let right = match addresses {
                    (IpAddr::V4(from), IpAddr::V4(to)) => tcp.calc_checksum_ipv4(from.octets(), to.octets()),
                    (IpAddr::V6(from), IpAddr::V6(to)) => tcp.calc_checksum_ipv6(from.octets(), to.octets()),
                    ends => panic!("{ends:?}"),
                };
                assert_eq!(Ok(tcp.checksum()), right);
                self.add_segment(ends(tcp.source_port(), tcp.destination_port()), &tcp, numbers);
            }
            other => panic!("{other:?}"),
        }
    }

    fn add_segment(&mut self, (from, to): (SocketAddr, SocketAddr), tcp: &TcpSlice<'_>, numbers: &mut Numbers) {
        let flags = [(tcp.syn(), 'S'), (tcp.ack(), 'A'), (tcp.fin(), 'F'), (tcp.rst(), 'R')];
        let flags: String = flags.into_iter().filter(|(set, _)| *set).map(|(_, letter)| letter).collect();
        let number = tcp.sequence_number();
        // A port that answers by nothing but a reset has no number before it.
        if let Some(next) = numbers.0.get(&(from, to)).filter(|_| !tcp.syn()) {
            assert_eq!(*next, number, "{from} to {to}: {flags}");
        }
        if tcp.ack() {
            assert_eq!(numbers.0.get(&(to, from)), Some(&tcp.acknowledgment_number()), "{from} to {to}: {flags}");
        }
        let taken = tcp.payload().len() as u32 + u32::from(tcp.syn()) + u32::from(tcp.fin());
        numbers.0.insert((from, to), number.wrapping_add(taken));
        self.streams.entry((from, to)).or_default().extend(tcp.payload());
        self.flags.push((from, to, flags));
    }

    /// The flags of the packets between two ends, `>` or `<` before each: from the first to the other, or back.
    pub fn conversation(&self, first: SocketAddr, other: SocketAddr) -> String {
        let told = self.flags.iter().filter_map(|(from, to, flags)| match (*from, *to) {
            ends if ends == (first, other) => Some(format!(">{flags}")),
            ends if ends == (other, first) => Some(format!("<{flags}")),
            _ => None,
        });
        told.collect::<Vec<_>>().join(" ")
    }
}
