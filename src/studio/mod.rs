//! The private workspace of a creator: what its team sees in one place.
//!
//! Every field belongs to the room that owns the data; this room holds the door (only members come in) and what is
//! nobody else's: who works here, and what is still to be done before the first sale. Kept true: outsiders cannot tell
//! a studio from nothing; a member sees what the role includes. Not here: inviting, reports, exports, the audit log.

pub mod graphql;
pub mod model;
