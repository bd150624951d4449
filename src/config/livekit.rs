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
    /// With what LiveKit writes recordings into our bucket; none = nothing is recorded.
    pub recorder: Option<RecorderSettings>,
}

/// A key of the bucket for LiveKit: it leaves this installation, so it is another than ours.
#[derive(Clone, Debug)]
pub struct RecorderSettings {
    /// Key id.
    pub access_key_id: String,
    /// Key.
    pub secret_access_key: Secret,
}

/// None = no rooms of our own.
pub(super) fn read(read: &mut Reader<'_>, stage: Stage) -> Option<LiveKitSettings> {
    let needed = ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"];
    let others = ["LIVEKIT_MEET_URL", "LIVEKIT_RECORD"];
    if !read.all_or_none("links to meetings elsewhere", &needed, &others) {
        return None;
    }
    let settings = LiveKitSettings {
        url: read.text("LIVEKIT_URL", ""),
        api_key: read.text("LIVEKIT_API_KEY", ""),
        api_secret: read.secret("LIVEKIT_API_SECRET").unwrap_or_else(|| Secret::new("")),
        meet_url: read.optional_url("LIVEKIT_MEET_URL"),
        recorder: read_recorder(read),
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

fn read_recorder(read: &mut Reader<'_>) -> Option<RecorderSettings> {
    if !read.choice("LIVEKIT_RECORD", &[("no", false), ("yes", true)]) {
        return None;
    }
    let needed = ["LIVEKIT_RECORD_ACCESS_KEY_ID", "LIVEKIT_RECORD_SECRET_ACCESS_KEY"];
    for name in needed {
        if read.text(name, "").is_empty() {
            let why = "is missing: with LIVEKIT_RECORD=yes LiveKit needs a key that may write below rec/ of the bucket";
            read.wrong(name, why);
        }
    }
    Some(RecorderSettings {
        access_key_id: read.text(needed[0], ""),
        secret_access_key: read.secret(needed[1]).unwrap_or_else(|| Secret::new("")),
    })
}

impl LiveKitSettings {
    /// The same for the gateway.
    pub fn gateway(&self) -> livekit_gateway::Settings {
        livekit_gateway::Settings::new(&self.url, &self.api_key, self.api_secret.reveal())
    }
}
