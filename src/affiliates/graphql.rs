//! Recommending, as clients see it: the creator's team, the affiliate, and everybody who reads the terms.

mod account;
mod mutations;
mod types;
mod words;

pub use account::{AffiliateAccount, StudioAffiliates, ViewerAffiliate};
pub use mutations::{
    AffiliateApplyPayload, AffiliateDecidePayload, AffiliateLinkCreatePayload, AffiliateLinkDisablePayload,
    AffiliateMutation, AffiliateProgramUpdatePayload,
};
pub use types::{
    Affiliate, AffiliateConnection, AffiliateEdge, AffiliateLink, AffiliateLinkConnection, AffiliateLinkEdge,
    AffiliateProgram, Commission, CommissionConnection, CommissionEdge, CreatorAffiliates, affiliate,
    commission, link,
};
pub use words::{
    AffiliateLinkInput, AffiliateProgramInput, AffiliateState, AttributionModel, CommissionState,
};
