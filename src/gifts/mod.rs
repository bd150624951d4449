//! Gifts: bought by one person, learnt from by another.
//!
//! Words: a *gift* is a paid order line that is for somebody else; its *code* stands in the letter to the recipient and is
//! kept as a hash; to *redeem* it is to turn it into the right to learn; it is *void* once its money went back.
//!
//! Kept true: a paid gift line has one gift, made with the payment, and gives its buyer nothing; a gift is redeemed once,
//! by one account, and gives that account all of its line; whose order is disputed or given back, nobody redeems; whoever
//! redeems never learns who paid how much, and the giver never learns which account it was. The order's lock is the
//! gift's. Not here: what may be bought as a gift (`checkout`), rights that go with the money (`refunds`).

pub mod actions;
pub mod graphql;
pub mod invariants;
mod letters;
pub mod model;
pub mod refusals;
pub mod store;
