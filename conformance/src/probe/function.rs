//! The functions of the module. Each file knows some of them, and prints nothing of others.

mod error;
mod interface;
mod netdb;
mod pure;
mod socket;

use crate::platform::Platform;

pub(super) async fn probe<P: Platform>(name: &str) {
    socket::probe::<P>(name).await;
    netdb::probe::<P>(name).await;
    interface::probe::<P>(name).await;
    error::probe::<P>(name).await;
    pure::probe(name).await;
}
