//! Buying as clients see it.

mod checkout;
mod following;
mod inputs;
mod mutations;
mod order;
mod queries;
mod quote;
mod studio;

pub use checkout::{
    Checkout, CheckoutAction, CheckoutCancelPayload, CheckoutCreatePayload, CheckoutStatus,
    CheckoutSyncPayload, EnrollmentClaimFreePayload, HostedRedirect, NoPaymentRequired, Once, PaymentSheet,
};
pub use following::CheckoutSubscription;
pub use inputs::{
    CheckoutCreateInput, ConsentInput, ConsentKind, PurchaseOption, QuoteInput, QuoteItemInput,
};
pub use mutations::CheckoutMutation;
pub use order::{
    EnrollmentOrder, LinesOfOrder, Order, OrderById, OrderConnection, OrderEdge, OrderLine, OrderStatus,
    ViewerOrders, order, visible_order, visible_order_of_line,
};
use queries::asker;
pub use queries::{CheckoutQuery, visible_checkout};
pub use quote::{
    ConsentRequirement, PriceChangedError, Quote, QuoteCoupon, QuoteLine, QuoteResult, QuoteWarning,
};
pub use studio::{OrderFilter, StudioOrders};
