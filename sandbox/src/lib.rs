//! The outside world in one process, for development and tests: Stripe, S3 and a mailbox.
//!
//! Every part speaks its real protocol over loopback HTTP or SMTP, so the adapters that are tested are the
//! ones that ship; only their base address differs. Each part can be left out where the real service is
//! configured. The production image leaves this crate out.

pub mod clock;
pub mod control;
pub mod mail;
pub mod s3;
pub mod stripe;

use std::sync::Arc;

use poem::Route;

use crate::clock::SharedClock;
use crate::control::{ControlSettings, OnAdvance, Place};
use crate::mail::Mailbox;
use crate::s3::EmbeddedS3;
use crate::stripe::StripeSandbox;

/// How often moving time alternates between events and the work they make; more is left to the background.
const ROUNDS: usize = 10;

/// The parts that stand in for a real service. Cloning gives another handle on the same parts.
#[derive(Clone)]
pub struct Sandbox {
    /// Payments.
    pub stripe: Option<StripeSandbox>,
    /// Media.
    pub s3: Option<EmbeddedS3>,
    /// Mail.
    pub mail: Option<Mailbox>,
    /// The clock of the process.
    pub clock: SharedClock,
}

impl Sandbox {
    /// Adds `/sandbox` and the bucket's path to the routes of the host. Do it outside of compression and body
    /// limits, which would break ranges and uploads.
    ///
    /// `places` are shown on the start page; `on_advance` does what became due after time moved, and is called
    /// again while Stripe has events to deliver.
    pub fn mount(&self, app: Route, places: Vec<Place>, on_advance: OnAdvance) -> Route {
        let mut beside_the_desk = Route::new();
        if let Some(stripe) = &self.stripe {
            beside_the_desk = beside_the_desk.nest("/stripe", stripe.routes());
        }
        let settings = ControlSettings {
            mail: self.mail.clone(),
            clock: Arc::clone(&self.clock),
            on_advance: self.with_events(on_advance),
            places,
        };
        let app = app.nest("/sandbox", control::routes(settings, beside_the_desk));
        match &self.s3 {
            Some(s3) => app.nest_no_strip(format!("/{}", s3.bucket()), s3.endpoint()),
            None => app,
        }
    }

    fn with_events(&self, on_advance: OnAdvance) -> OnAdvance {
        let Some(stripe) = self.stripe.clone() else { return on_advance };
        Arc::new(move || {
            let (stripe, on_advance) = (stripe.clone(), Arc::clone(&on_advance));
            Box::pin(async move {
                stripe.flush().await;
                on_advance().await;
                for _ in 1..ROUNDS {
                    if stripe.flush().await == 0 {
                        return;
                    }
                    on_advance().await;
                }
            })
        })
    }
}
