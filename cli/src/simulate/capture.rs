//! The messages of a run as a capture.

use std::io::Write;

use anyhow::Result;
use berkeley_simulation::network::Kind;
use berkeley_simulation::{Message, Trace};
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{DataLink, TsResolution};

use crate::pcap::{SNAP_LENGTH, Segment, tcp, udp};

/// Writes the capture, with the run's virtual times.
pub(super) fn write(trace: &Trace, to: impl Write) -> Result<()> {
    let header = PcapHeader {
        snaplen: SNAP_LENGTH,
        datalink: DataLink::RAW,
        ts_resolution: TsResolution::NanoSecond,
        ..PcapHeader::default()
    };
    let mut writer = PcapWriter::with_header(to, header)?;
    for (entry, message) in trace.messages() {
        if let Some(packet) = packet(message) {
            writer.write_packet(&PcapPacket::new(entry.at, packet.len() as u32, &packet))?;
        }
    }
    Ok(())
}

/// The packet that the message would have been.
fn packet(message: &Message) -> Option<Vec<u8>> {
    let (from, to) = (message.source, message.destination);
    let is = |kinds: &[Kind]| kinds.contains(&message.kind);
    match message.kind {
        Kind::Datagram => udp(from, to, &message.data),
        // ICMP has no ports.
        Kind::Unreachable => None,
        _ => {
            let segment = Segment {
                sequence: message.sequence as u32,
                acknowledged: (!is(&[Kind::Syn])).then_some(message.acknowledged as u32),
                syn: is(&[Kind::Syn, Kind::SynAck]),
                fin: is(&[Kind::Fin]),
                rst: is(&[Kind::Reset]),
                psh: is(&[Kind::Data]),
            };
            tcp(from, to, segment, &message.data)
        }
    }
}
