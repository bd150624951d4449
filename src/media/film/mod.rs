//! Preparing films and recordings for streaming, as far as it is thought and not done: what a file is, what is made of
//! it, the words for ffmpeg, how far it is, and the playlists that players read.
//!
//! Pure: texts and numbers in, texts and numbers out. Not here: running anything (`gateways::ffmpeg`), keeping
//! anything (`media::actions`).

pub mod commands;
pub mod ladder;
pub mod playlist;
pub mod probe;
pub mod progress;
pub mod storyboard;
