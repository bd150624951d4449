//! Logs to standard error: text for people, JSON lines for machines. Coloured only where somebody looks at it.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::Settings;

/// Begins to log as the settings ask.
pub(super) fn begin(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second subscriber (tests in one process) is not an error worth stopping for.
    let _ = if settings.log_json { log.json().flatten_event(true).try_init() } else { log.try_init() };
}
