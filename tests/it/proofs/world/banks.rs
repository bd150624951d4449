//! What buyers' banks do at Stripe: take a payment back, and decide whose the money is.

use serde_json::Value;

use super::{World, stripes};
use crate::proofs::model::Answer;
use crate::support::text;

impl World {
    pub(super) fn disputes(&mut self, order: usize) -> Answer {
        let said = self.market.stripe().dispute(&self.charge(order), None);
        if let Ok(dispute) = &said {
            self.disputes.insert(order, text(&dispute["id"]));
        }
        stripes(said)
    }

    pub(super) fn decides(&self, order: usize, won: bool) -> Answer {
        stripes(self.market.stripe().close_dispute(&self.disputes[&order], won))
    }

    fn charge(&self, order: usize) -> String {
        let object = |id: &Value| self.market.stripe().object(&text(id)).unwrap();
        let session = self.market.stripe().object(&self.purchases[order].session).unwrap();
        text(&object(&session["payment_intent"])["latest_charge"])
    }
}
