//! A mailbox that keeps what was sent.
