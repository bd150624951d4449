//! Payments, the inbox, the book and the cases in the database.

mod book;
mod cases;
mod inbox;
mod marks;
mod money;
mod taxes;

pub use book::*;
pub use cases::*;
pub use inbox::*;
pub use marks::*;
pub use money::*;
pub use taxes::*;
