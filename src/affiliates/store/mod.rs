//! Programs, affiliates, links and commissions in the database.

mod affiliates;
mod commissions;
mod links;
mod programs;

pub use affiliates::{affiliate, affiliate_of, by_ids, insert, of_studio, of_user, set_state};
pub use commissions::{
    balance, brought_by_affiliates, brought_by_links, commissions_by_id, commissions_of, earned_behind,
    insert_commission,
};
pub use links::{
    active_count, click, disable, insert_link, link, link_of_token, links_by_id, links_of, referral,
    referrals,
};
pub use programs::{program, programs, put_program};

use crate::kernel::{Error, Fault};

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::Fault(Fault::new("reading affiliates", cause))
}
