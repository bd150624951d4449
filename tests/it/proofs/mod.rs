//! Proofs that money holds: random histories against a pure model, and every step failing in turn. How to run, replay
//! and read them: docs/proofs.md.

mod book;
mod commands;
mod fail_points;
mod measured;
mod model;
mod model_holds;
mod numbers;
mod scenarios;
mod seats;
mod seats_hold;
mod seeds;
mod watch;
mod words;
mod world;
