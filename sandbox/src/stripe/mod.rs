//! Stripe, stateful, over HTTP (see `docs/`).
