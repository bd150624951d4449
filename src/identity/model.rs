//! Accounts, sessions and proofs, and the rules on addresses, zones and languages.

use entity::{sessions, users};

use crate::kernel::{AssetId, Instant, SessionId, UserId};

use super::refusals::IdentityRefusal;

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Key.
    pub id: UserId,
    /// As the person wrote it.
    pub email: String,
    /// When the address was proven.
    pub email_verified_at: Option<Instant>,
    /// Shown to others.
    pub display_name: String,
    /// BCP 47.
    pub language: String,
    /// IANA name.
    pub time_zone: String,
    /// Portrait.
    pub avatar: Option<AssetId>,
    /// Whether the platform has closed it.
    pub suspended: bool,
}

impl From<users::Model> for Account {
    fn from(row: users::Model) -> Self {
        Self {
            id: row.id.into(),
            email: row.email,
            email_verified_at: row.email_verified_at,
            display_name: row.display_name,
            language: row.language,
            time_zone: row.time_zone,
            avatar: row.avatar_asset_id.map(AssetId),
            suspended: row.suspended_at.is_some(),
        }
    }
}

/// Whose a session is that has not ended.
#[derive(Clone, Copy, Debug)]
pub struct Alive {
    /// The account, which is not suspended.
    pub user: UserId,
    /// Whether its address is proven.
    pub email_verified: bool,
    /// When the session ends by itself.
    pub until: Instant,
}

/// One signed-in device.
#[derive(Clone, Debug)]
pub struct Session {
    /// Key.
    pub id: SessionId,
    /// WEB, IOS or ANDROID.
    pub platform: Platform,
    /// What the person or the app calls the device.
    pub device_name: Option<String>,
    /// Signed in at.
    pub created_at: Instant,
    /// Last refresh.
    pub last_seen_at: Instant,
}

impl From<sessions::Model> for Session {
    fn from(row: sessions::Model) -> Self {
        Self {
            id: row.id.into(),
            platform: Platform::of(&row.platform),
            device_name: row.device_name,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

/// What a client runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    /// A browser.
    #[default]
    Web,
    /// iPhone, iPad.
    Ios,
    /// Android.
    Android,
}

impl Platform {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Platform::Web => "WEB",
            Platform::Ios => "IOS",
            Platform::Android => "ANDROID",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "IOS" => Platform::Ios,
            "ANDROID" => Platform::Android,
            _ => Platform::Web,
        }
    }
}

/// The device a session is for.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// What it runs.
    pub platform: Platform,
    /// What it is called; cut at 80 characters.
    pub name: Option<String>,
}

/// What a proof is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofPurpose {
    /// The address is theirs.
    Verify,
    /// A new password.
    Reset,
}

impl ProofPurpose {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            ProofPurpose::Verify => "VERIFY",
            ProofPurpose::Reset => "RESET",
        }
    }
}

/// An address as written and as compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// Trimmed.
    pub written: String,
    /// Lower-cased: what must be unique.
    pub folded: String,
}

/// Checks an address (RFC 5321 sizes; `lettre`'s grammar).
pub fn email(text: &str) -> Result<Email, IdentityRefusal> {
    let written = text.trim();
    let plausible = written.len() <= 254
        && written.parse::<lettre::Address>().is_ok()
        && written.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.') || domain == "localhost");
    if !plausible {
        return Err(IdentityRefusal::EmailInvalid);
    }
    Ok(Email { written: written.to_owned(), folded: written.to_lowercase() })
}

/// Checks an IANA zone name.
pub fn time_zone(text: &str) -> Result<String, IdentityRefusal> {
    let known = text.len() <= 64 && jiff::tz::TimeZone::get(text).is_ok();
    if known { Ok(text.to_owned()) } else { Err(IdentityRefusal::TimeZoneUnknown) }
}

/// Checks the shape of a BCP 47 tag: `en`, `pt-BR`, `zh-Hant-TW`.
pub fn language(text: &str) -> Result<String, IdentityRefusal> {
    let mut parts = text.split('-');
    let first = parts
        .next()
        .is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if first && rest && text.len() <= 35 {
        Ok(text.to_owned())
    } else {
        Err(IdentityRefusal::LanguageUnknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case() {
        assert_eq!(email(" Mira@Example.com ").map(|e| e.folded), Ok("mira@example.com".to_owned()));
        for bad in ["", "mira", "mira@", "@example.com", "a b@example.com", "mira@example", "a@b@c.de"] {
            assert_eq!(email(bad), Err(IdentityRefusal::EmailInvalid), "{bad:?}");
        }
    }

    #[test]
    fn zones_and_languages_are_real() {
        assert!(time_zone("Europe/Berlin").is_ok());
        assert!(time_zone("Mars/Olympus").is_err());
        assert!(language("pt-BR").is_ok());
        assert!(language("english please").is_err());
    }
}
