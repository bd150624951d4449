//! Money that goes back, as buyers and teams see it.

mod mutations;
mod types;

pub use mutations::{RefundInput, RefundsMutation, wish};
pub use types::{
    OrderRefundPayload, OrderRefundRequestPayload, Refund, RefundReason, RefundRequest,
    RefundRequestConnection, RefundRequestDecidePayload, RefundRequestEdge, RefundRequestOfOrder,
    RefundRequestStatus, RefundStatus, RefundsOfOrder, StudioRefunds, may_request, refunds_of, request_of,
    visible_refund, visible_request,
};
