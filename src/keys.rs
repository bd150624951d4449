//! The keys this installation signs with: EdDSA for access tokens, HMAC for what only we read back.
//!
//! One private key is configured (or generated into the data folder); the HMAC keys for cursors, quotes and links are
//! derived from it, each for one purpose, so that a signature for one can never pass for another.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{aead, hkdf, hmac};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest, Sha256};

/// What an HMAC is for; part of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Page cursors.
    Cursor,
    /// Quotes.
    Quote,
    /// Links in mails and payment pages.
    Link,
    /// When somebody followed an affiliate's link.
    Referral,
    /// The embedded parts' own secrets.
    Embedded,
    /// What a guest sees their purchase with.
    Guest,
    /// Addresses of playlists.
    Playback,
    /// How one gets into a live session.
    Door,
    /// Addresses of people's calendars.
    Calendar,
}

/// The installation's keys. Never printed.
#[derive(Clone)]
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    key_id: String,
    public_x: String,
    root: hkdf::Prk,
}

/// The key could not be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "this is not an Ed25519 private key in PKCS#8 PEM form (`openssl genpkey -algorithm ed25519` makes one)"
)]
pub struct BadKey;

impl Keys {
    /// Reads a PKCS#8 PEM Ed25519 private key.
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(body.trim()).map_err(|_| BadKey)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| BadKey)?;
        let public = pair.public_key().as_ref();
        let public_x = BASE64_URL_SAFE_NO_PAD.encode(public);
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"atelier");
        Ok(Self {
            encoding: EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|_| BadKey)?,
            decoding: DecodingKey::from_ed_components(&public_x).map_err(|_| BadKey)?,
            key_id: BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(public)[..9]),
            public_x,
            root: salt.extract(&der),
        })
    }

    /// Reads the key as a setting holds it: some platforms keep line breaks as the two characters `\n`.
    pub fn from_setting(pem: &str) -> Result<Self, BadKey> {
        Self::from_pem(&pem.replace("\\n", "\n"))
    }

    /// A new private key as PKCS#8 PEM.
    pub fn generate_pem() -> Result<String, BadKey> {
        let pair = Ed25519KeyPair::generate().map_err(|_| BadKey)?;
        let der = pair.to_pkcs8v1().map_err(|_| BadKey)?;
        let body = BASE64_STANDARD.encode(der.as_ref());
        Ok(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"))
    }

    /// For signing access tokens.
    pub fn encoding(&self) -> &EncodingKey {
        &self.encoding
    }

    /// For checking access tokens.
    pub fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// The `kid` of access tokens.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The public half as a JWK set (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> serde_json::Value {
        serde_json::json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.key_id, "x": self.public_x,
        }] })
    }

    /// A signature over `message`, 43 URL-safe characters.
    pub fn sign(&self, purpose: Purpose, message: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.key_for(purpose), message))
    }

    /// Whether `signature` was made by [`Keys::sign`]; constant time.
    pub fn verifies(&self, purpose: Purpose, message: &[u8], signature: &str) -> bool {
        BASE64_URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|bytes| hmac::verify(&self.key_for(purpose), message, &bytes).is_ok())
    }

    /// Encrypts for our own eyes (AES-256-GCM, a random nonce each time); `about` names the thing it belongs to, and
    /// must be named again to read it.
    pub fn seal(&self, purpose: Purpose, about: &[u8], plain: &[u8]) -> Option<String> {
        let mut body = plain.to_vec();
        let key = self.sealing_key(purpose)?;
        let nonce = key.seal_in_place_append_tag(aead::Aad::from(about), &mut body).ok()?;
        let nonce: &[u8; aead::NONCE_LEN] = nonce.as_ref();
        Some(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &body].concat()))
    }

    /// What [`Keys::seal`] encrypted; none if it was another key's, another thing's, or changed.
    pub fn unseal(&self, purpose: Purpose, about: &[u8], sealed: &str) -> Option<Vec<u8>> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, body) = bytes.split_at_checked(aead::NONCE_LEN)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let key = self.sealing_key(purpose)?;
        Some(key.open_in_place(nonce, aead::Aad::from(about), &mut body).ok()?.to_vec())
    }

    fn sealing_key(&self, purpose: Purpose) -> Option<aead::RandomizedNonceKey> {
        let mut bytes = [0; 32];
        let info = [Self::info(purpose), b" sealed"];
        self.root.expand(&info, hkdf::HKDF_SHA256).ok()?.fill(&mut bytes).ok()?;
        aead::RandomizedNonceKey::new(&aead::AES_256_GCM, &bytes).ok()
    }

    fn info(purpose: Purpose) -> &'static [u8] {
        match purpose {
            Purpose::Cursor => b"cursor",
            Purpose::Quote => b"quote",
            Purpose::Link => b"link",
            Purpose::Referral => b"referral",
            Purpose::Embedded => b"embedded",
            Purpose::Guest => b"guest",
            Purpose::Playback => b"playback",
            Purpose::Door => b"door",
            Purpose::Calendar => b"calendar",
        }
    }

    fn key_for(&self, purpose: Purpose) -> hmac::Key {
        let parts = [Self::info(purpose)];
        match self.root.expand(&parts, hmac::HMAC_SHA256) {
            Ok(derived) => hmac::Key::from(derived),
            Err(_) => unreachable!("one hash length of output is always to be had (RFC 5869)"),
        }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}
