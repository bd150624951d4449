//! What can be done about buying, one file per verb.

mod checked;
mod claim_free;
mod create;
mod discount;
mod gifting;
mod membership_page;
mod offered;
mod open_page;
mod parts;
mod quote;
mod read;
mod referral;
mod seats;
mod settle;
mod sheet;
mod tax;
mod waitlist;

pub use claim_free::{ClaimFree, Claimed, claim_free};
pub use create::{Created, NewPurchase, Who, create};
pub use membership_page::{MEMBERSHIP_WINDOW_DAYS, Renewal, place_renewal};
pub use offered::{is_on_sale, place_offered};
pub use open_page::{open_page, open_page_later, without_answer};
pub use quote::{QuoteRequest, Quoted, Wanted, quote, quote_of_token, token_of_quote};
pub use read::{Asker, checkout_of, lines_of, order_of, order_of_guest, orders_by_id, orders_of_buyer};
pub use settle::{
    bought_lines, buyers_name, call_it_cancelled, grant_found, grant_lines, mark_paid, move_checkout, void,
};
pub use sheet::{SheetKeys, sheet_keys};
pub use tax::{RenewalTax, tax_of_renewal};
pub use waitlist::{BuyByItself, wait_and_buy};
