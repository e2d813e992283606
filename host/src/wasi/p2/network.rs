//! What a guest of WASI 0.2 shows with its calls.

/// A network. It is worth nothing: the policy is asked.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub struct Network(pub(super) ());
