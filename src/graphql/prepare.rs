//! The one way from a request that was read to a request that may run, for both doors.
//!
//! Order matters: size and shape cost nothing to check and come first, so that a hostile document never reaches
//! the database through token checks (a number that nobody registered costs one look by key); then the sender; then cost against the sender's budget; then limits over
//! time, and a place to run. Not here: reading the request, running it, writing the answer.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Value, parser::types::OperationType};

use crate::fairness::{Admission, Place};

use super::{
    api::{Api, Asking, Caller},
    codes::{Code, Refusal},
    limits::{Budget, Weight},
    reads::Reads,
    request::DOCUMENT_ID,
    respond::Answer,
};

/// A request that may run, and what it weighs.
pub struct Prepared {
    /// With its parsed document and its sender's data.
    pub request: Request,
    /// Of its document.
    pub weight: Weight,
    /// Of its sender.
    pub budget: Budget,
    /// How long the sender's token is still good for.
    pub valid_for: Option<Duration>,
    /// Where is noted what the answer rests on, if it may be kept.
    pub reads: Option<Arc<Reads>>,
    /// Where it runs, for as long as it does.
    pub place: Option<Place>,
}

/// A request that may not, with as much as was known by then.
pub struct Unprepared {
    refusal: Refusal,
    weight: Option<Weight>,
    budget: Budget,
}

impl Unprepared {
    /// The answer the client gets.
    #[must_use]
    pub fn into_answer(self, request_id: &str) -> Answer {
        Answer::refused(self.refusal, request_id).with_cost(self.weight.as_ref(), self.budget)
    }
}

impl From<Refusal> for Unprepared {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, weight: None, budget: Budget::ANONYMOUS }
    }
}

/// Weighs, admits, compares, charges. `allowed` says whether this door takes this kind of operation.
///
/// # Errors
/// The first thing that is wrong, in the order above.
pub async fn prepare(
    api: &dyn Api,
    caller: &Caller,
    mut request: Request,
    allowed: impl FnOnce(OperationType) -> Result<(), Refusal>,
) -> Result<Prepared, Unprepared> {
    find_document(api, caller, &mut request).await?;
    let weight = api.rules().weigh(&mut request)?;
    allowed(weight.operation)?;
    let asking = match weight.operation {
        OperationType::Query if weight.is_public => Asking::Publicly,
        OperationType::Query => Asking::Once,
        OperationType::Mutation | OperationType::Subscription => Asking::Otherwise,
    };
    let admitted = api.admit(caller, request, asking).await?;
    let budget = admitted.budget;
    let refuse = |refusal| Unprepared { refusal, weight: Some(weight), budget };
    if weight.cost > budget.0 {
        return Err(refuse(too_dear(weight.cost, budget)));
    }
    let Admission { balance, place } = api.charge(caller, admitted.payer, weight).await.map_err(refuse)?;
    let mut request = admitted.request;
    if let Some(balance) = balance {
        request = request.data(balance);
    }
    let reads = admitted.reads.filter(|_| weight.is_public);
    Ok(Prepared { request, weight, budget, valid_for: admitted.valid_for, reads, place })
}

/// Puts the text of a registered document in the place of its number.
async fn find_document(api: &dyn Api, caller: &Caller, request: &mut Request) -> Result<(), Refusal> {
    let Some(Value::String(id)) = request.extensions.remove(DOCUMENT_ID) else {
        return if api.takes_any_document() { Ok(()) } else { Err(unregistered()) };
    };
    match api.document(caller, &id).await? {
        Some(text) => request.query = text.to_string(),
        None => return Err(unknown()),
    }
    Ok(())
}

fn unknown() -> Refusal {
    Refusal::envelope(
        Code::DocumentNotFound,
        "No document with this `documentId` is registered. Register it with `atelier documents add`, or send its text as `query`.",
    )
}

fn unregistered() -> Refusal {
    Refusal::envelope(
        Code::DocumentRequired,
        "Only registered documents are answered here: send a `documentId` instead of `query`.",
    )
}

fn too_dear(cost: u64, budget: Budget) -> Refusal {
    Refusal::document(
        Code::QueryTooComplex,
        format!(
            "The operation costs {cost} units; this caller has {}. Ask for smaller pages (`first`) or fewer lists.",
            budget.0
        ),
    )
}
