//! The methods of sockets. Each file knows some of them, and prints nothing of others.

mod data;
mod lifecycle;
mod mode;
mod option;

use crate::platform::Platform;

pub(super) async fn probe<P: Platform>(name: &str, rest: &[&str]) {
    lifecycle::probe::<P>(name).await;
    data::probe::<P>(name, rest).await;
    option::probe::<P>(name).await;
    mode::probe::<P>(name).await;
}
