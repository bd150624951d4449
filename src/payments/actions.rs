//! What happens with Stripe's messages.

use crate::app::App;
use crate::kernel::{Error, Fault, Result};

/// Which of Stripe's two endpoints an event came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The platform's own account.
    Platform,
    /// Creators' accounts.
    Connect,
}

/// Keeps an event whose signature is right; Ok means it is kept.
pub async fn receive_event(_app: &App, _endpoint: Endpoint, _body: &[u8], _signature: &str) -> Result<()> {
    Err(Error::Fault(Fault::new("receiving an event", "not wired")))
}
