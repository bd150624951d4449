//! Files: promised, uploaded, verified, played.
//!
//! Words: an *asset* is a file from its promise on; an *upload* is the way its bytes come in; *quarantine* is where
//! they land, and nothing is ever served from there; a *grant* is a short permission to play one asset.
//!
//! Kept true: what is served was verified where no uploader can reach it (size, SHA-256, type as sniffed), and was
//! given our own type and caching; a READY file never changes; a lie leaves no bytes behind; no network call happens
//! while a transaction is open; two completions of one upload are harmless.
//! A large file comes in *parts* and is UPLOADED until a job has verified it. A picture is not kept but made anew, in
//! every size it will be shown in. The pages of a PDF are counted. Subtitles are files too, each the *track* of one film in one language.
//! A film or recording is *processed* where ffmpeg is: *renditions* are made of it, in sizes for fast and slow
//! connections, and players stream them; the original is kept, and never served then. Both may have *chapters*, those
//! that the file brought along or those that the team wrote.
//! Not here: who is entitled to a lesson (`enrollment`, `learning`), how pictures are encoded (`gateways/pictures`).

pub mod accepted;
pub mod actions;
mod captions;
mod chapters;
pub mod film;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod model;
mod mp4;
mod pdf;
pub mod refusals;
pub mod rendition;
pub mod sniff;
pub mod store;
