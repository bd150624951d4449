//! The mailbox and the control calls, driven by the mailer that ships and by plain HTTP.

mod control;
mod mail;
