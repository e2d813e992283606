//! What a connection holds, as it is counted.

use super::connection::{Connection, OWN_SIZE, Stage};
use super::error::Result;
use super::hello::Hello;

impl Connection {
    /// Counts what it holds now. Where that is too much, nothing more comes of it.
    pub(super) fn account(&mut self) -> Result<()> {
        let size = self.size();
        let counted = self.held.set(size);
        if let Err(error) = &counted {
            self.stage = Stage::Failed;
            self.outgoing = Vec::new();
            self.unread = 0;
            self.failure = Some(error.clone());
        }
        counted
    }

    /// How many bytes it holds.
    fn size(&self) -> usize {
        // As records, as messages, and as what was read of them.
        let shaken = if self.is_shaken() { 0 } else { 3 * self.shaken };
        let hello = self.hello.as_ref().map_or(0, Hello::size);
        let data = self.outgoing.capacity() + self.opening.capacity() + self.unread + self.framing.begun();
        OWN_SIZE + self.verifier.size() + shaken + hello + data
    }
}
