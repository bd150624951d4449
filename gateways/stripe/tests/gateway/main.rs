//! The gateway against a Stripe played on loopback: what leaves the machine, and what each kind of answer becomes.

mod answers;
mod objects;
mod retries;
mod stub;
mod webhooks;
