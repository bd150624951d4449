//! A LiveKit server for live workshops, and the page on which people without an app of their own come into its rooms.
//!
//! Without it workshops take place elsewhere, behind links.

use super::reading::Reader;
use super::{Secret, Stage};

/// The shortest secret that is safe to sign with.
const SHORTEST_SECRET: usize = 32;

/// A LiveKit server.
#[derive(Clone, Debug)]
pub struct LiveKitSettings {
    /// `wss://…` or `https://…`.
    pub url: String,
    /// The key's name.
    pub api_key: String,
    /// The key: signs permissions to come in, and what LiveKit tells us.
    pub api_secret: Secret,
    /// Where a copy of LiveKit Meet is, such as `https://meet.livekit.io`; none = people come in with an app.
    pub meet_url: Option<String>,
}

/// None = no rooms of our own.
pub(super) fn read(read: &mut Reader<'_>, stage: Stage) -> Option<LiveKitSettings> {
    let needed = ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"];
    if !read.all_or_none("links to meetings elsewhere", &needed, &["LIVEKIT_MEET_URL"]) {
        return None;
    }
    let settings = LiveKitSettings {
        url: read.text("LIVEKIT_URL", ""),
        api_key: read.text("LIVEKIT_API_KEY", ""),
        api_secret: read.secret("LIVEKIT_API_SECRET").unwrap_or_else(|| Secret::new("")),
        meet_url: read.optional_url("LIVEKIT_MEET_URL"),
    };
    let is_whole = !settings.api_key.is_empty() && !settings.api_secret.reveal().is_empty();
    if is_whole && let Err(cause) = livekit_gateway::LiveKit::connect(&settings.gateway()) {
        read.wrong("LIVEKIT_URL", &format!("cannot be used: {cause}"));
    }
    if stage == Stage::Production {
        if !["wss://", "https://"].iter().any(|safe| settings.url.starts_with(safe)) {
            read.wrong("LIVEKIT_URL", "must begin with wss:// in production");
        }
        if settings.api_secret.reveal().len() < SHORTEST_SECRET {
            read.wrong("LIVEKIT_API_SECRET", "must have at least 32 characters in production");
        }
        if let Some(meet) = &settings.meet_url {
            read.must_be_https("LIVEKIT_MEET_URL", meet);
        }
    }
    Some(settings)
}

impl LiveKitSettings {
    /// The same for the gateway.
    pub fn gateway(&self) -> livekit_gateway::Settings {
        livekit_gateway::Settings::new(&self.url, &self.api_key, self.api_secret.reveal())
    }
}
