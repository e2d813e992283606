//! What a reactor does not tell.

use std::io;
use std::time::Duration;

/// How often a socket is looked at for what the reactor does not tell.
pub(super) const LOOK: Duration = Duration::from_millis(10);

/// Waits until it holds, by asking now and then.
pub(super) async fn look_until(holds: impl Fn() -> io::Result<bool>) -> io::Result<()> {
    while !holds()? {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}
