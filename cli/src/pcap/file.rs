//! The file.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{DataLink, TsResolution};

/// What Wireshark takes as the longest packet.
pub(crate) const SNAP_LENGTH: u32 = 262_144;

/// Packets, in the order in which they are written, which is that of their times.
pub(super) struct CaptureFile {
    file: File,
    writer: PcapWriter<Pending>,
    pending: Pending,
    /// How long the file is.
    length: u64,
    /// Where each packet ends in what is added.
    ends: Vec<usize>,
    start: (Instant, Duration),
    last: Duration,
    failed: bool,
}

/// What is not written to the file yet.
#[derive(Clone, Default)]
struct Pending(Arc<Mutex<Vec<u8>>>);

impl Pending {
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pending {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl CaptureFile {
    pub(super) fn new(file: File) -> Result<Self> {
        let header = PcapHeader {
            snaplen: SNAP_LENGTH,
            datalink: DataLink::RAW,
            ts_resolution: TsResolution::NanoSecond,
            ..PcapHeader::default()
        };
        let pending = Pending::default();
        let writer = PcapWriter::with_header(pending.clone(), header)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut capture = Self {
            file,
            writer,
            pending,
            length: 0,
            ends: Vec::new(),
            start: (Instant::now(), now),
            last: Duration::ZERO,
            failed: false,
        };
        capture.write_pending()?;
        Ok(capture)
    }

    /// Adds a packet, which begins with its IP header.
    pub(super) fn put(&mut self, packet: &[u8]) {
        if self.failed {
            return;
        }
        let (instant, moment) = self.start;
        // So that the order of packets is that of their times, of which no two are the same.
        self.last = (moment + instant.elapsed()).max(self.last + Duration::from_nanos(1));
        // Packets are short, and so is the time; memory takes everything.
        let _ = self.writer.write_packet(&PcapPacket::new(self.last, packet.len() as u32, packet));
        self.ends.push(self.pending.len());
    }

    /// Writes what was added, at once: so it is there however the guest ends. Where that fails, it is said once, and the file
    /// ends with the last packet that it has as a whole.
    pub(super) fn flush(&mut self) {
        if !self.failed
            && let Err(error) = self.write_pending()
        {
            self.failed = true;
            let written = self.file.metadata().map_or(0, |file| file.len()).saturating_sub(self.length);
            let whole = self.ends.iter().map(|end| *end as u64).rfind(|end| *end <= written);
            // A pipe keeps what it has.
            let _ = self.file.set_len(self.length + whole.unwrap_or(0));
            crate::tell::tell!("the capture ends here: {error}");
        }
    }

    fn write_pending(&mut self) -> io::Result<()> {
        let pending = self.pending.take();
        self.file.write_all(&pending)?;
        self.length += pending.len() as u64;
        self.ends.clear();
        Ok(())
    }
}
