//! Network interfaces, and the host's name.

use crate::check::{check, ensure, equal, none};
use crate::platform::Platform;

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "gethostname" => {
            check("is not empty", async { ensure!(!P::gethostname()?.is_empty(), "it is empty") }).await;
        }
        // To set the name that it has changes nothing, and needs the same right.
        "sethostname" => check("sets the host's name", async { P::sethostname(&P::gethostname()?) }).await,
        "if_nameindex" => {
            check("lists lo", async {
                let names = P::if_nameindex()?;
                ensure!(names.iter().any(|(index, name)| name == "lo" && *index > 0), "there are {names:?}")
            })
            .await;
        }
        "if_nametoindex" => {
            check("lo has an index", async { ensure!(P::if_nametoindex("lo")? > 0, "it is 0") }).await;
            check("an interface that is none is an error", async { none(P::if_nametoindex("no-such-if")) }).await;
        }
        "if_indextoname" => {
            check("gives lo back", async { equal!(P::if_indextoname(P::if_nametoindex("lo")?)?, "lo") }).await;
        }
        _ => {}
    }
}
