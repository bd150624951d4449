//! Inputs and states.

use async_graphql::{Enum, ID, InputObject};

use crate::affiliates::model;
use crate::graphql::Markdown;

/// Changes to a program. Absent = keep.
#[derive(Clone, Debug, InputObject)]
pub struct AffiliateProgramInput {
    /// Whether people may apply and links earn.
    pub is_open: Option<bool>,
    /// Of a line after tax and platform fee: 1000 is a tenth. Counts for who is let in from now on.
    pub commission_basis_points: Option<i32>,
    /// How many days after a click a purchase still counts; 1 to 365.
    pub attribution_days: Option<i32>,
    /// Which of several clicks earns.
    pub model: Option<AttributionModel>,
    /// What affiliates agree to; at most 20,000 characters.
    pub terms_markdown: Option<Markdown>,
}

impl From<AffiliateProgramInput> for model::ProgramChange {
    fn from(input: AffiliateProgramInput) -> Self {
        Self {
            is_open: input.is_open,
            commission_basis_points: input.commission_basis_points,
            attribution_days: input.attribution_days,
            model: input.model.map(Into::into),
            terms: input.terms_markdown.map(|terms| terms.0),
        }
    }
}

/// A new link.
#[derive(Clone, Debug, InputObject)]
pub struct AffiliateLinkInput {
    /// Whom to recommend: a creator who has let the caller in.
    pub creator_id: ID,
    /// Where it leads; the creator's page if absent.
    pub offering_id: Option<ID>,
    /// What the caller calls it; at most 60 characters.
    pub campaign: Option<String>,
}

/// Which of several clicks earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Model")]
pub enum AttributionModel {
    /// The first that still counts.
    FirstTouch,
    /// The last.
    LastTouch,
}

/// How an affiliate stands with a creator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::State")]
pub enum AffiliateState {
    /// Has applied.
    Pending,
    /// Let in: links earn.
    Approved,
    /// Not let in.
    Declined,
    /// Let in once, and not any more: links lead on and earn nothing.
    Suspended,
}

/// How a commission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::CommissionState")]
pub enum CommissionState {
    /// The buyer may still ask for the money back.
    Pending,
    /// Waits to be sent.
    Approved,
    /// Sent.
    Paid,
    /// Given back, or returned to the creator.
    Reversed,
}
