//! What clients send to identity.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject};

use crate::graphql::{LanguageTag, TimeZone};
use crate::identity::model::{Device, Platform};

/// What a client runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Platform")]
pub enum ClientPlatform {
    /// A browser.
    Web,
    /// iPhone, iPad.
    Ios,
    /// Android.
    Android,
}

/// The device a session is for.
#[derive(Clone, Debug, InputObject)]
pub struct DeviceInput {
    /// What it runs.
    pub platform: ClientPlatform,
    /// What it is called; cut at 80 characters.
    pub name: Option<String>,
    /// The app's version, for support.
    pub app_version: Option<String>,
}

impl From<DeviceInput> for Device {
    fn from(input: DeviceInput) -> Self {
        Self { platform: input.platform.into(), name: input.name }
    }
}

/// A new account.
#[derive(Clone, Debug, InputObject)]
pub struct SignUpInput {
    /// Where the code goes.
    pub email: String,
    /// At least 8 characters; without one, only codes sign in.
    pub password: Option<String>,
    /// Shown to others; at most 80 characters.
    pub display_name: String,
    /// For letters and messages; `en` if absent.
    pub language: Option<LanguageTag>,
    /// IANA name; `UTC` if absent.
    pub time_zone: Option<TimeZone>,
    /// The version of the terms shown and agreed to.
    pub terms_version: String,
    /// Old enough to make a contract.
    pub is_of_age: bool,
    /// Whether news may be sent.
    #[graphql(default = false)]
    pub marketing_opt_in: bool,
}

/// One of the two ways to prove an address.
#[derive(Clone, Debug, OneofObject)]
pub enum EmailVerifyInput {
    /// The `token` of the link in the letter.
    LinkToken(String),
    /// The six digits in the letter.
    Code(EmailCodeInput),
}

/// A six-digit code and whose it is.
#[derive(Clone, Debug, InputObject)]
pub struct EmailCodeInput {
    /// The address it was sent to.
    pub email: String,
    /// Six digits.
    pub code: String,
    /// What the new session is for.
    pub device: Option<DeviceInput>,
}

/// A password and whose it is.
#[derive(Clone, Debug, InputObject)]
pub struct SignInInput {
    /// The account's address.
    pub email: String,
    /// Its password.
    pub password: String,
    /// What the new session is for.
    pub device: Option<DeviceInput>,
}

/// Changes to the viewer's profile. Absent = keep, null = clear.
#[derive(Clone, Debug, InputObject)]
pub struct ViewerUpdateInput {
    /// Shown to others; cannot be cleared.
    pub display_name: Option<String>,
    /// A ready image the viewer uploaded for this purpose.
    pub avatar_asset_id: MaybeUndefined<ID>,
    /// For letters and messages; cannot be cleared.
    pub language: Option<LanguageTag>,
    /// IANA name; cannot be cleared.
    pub time_zone: Option<TimeZone>,
    /// Whether news may be sent.
    pub marketing_opt_in: Option<bool>,
}
