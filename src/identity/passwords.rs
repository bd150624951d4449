//! Passwords: hashed with Argon2id (RFC 9106, the parameters OWASP recommends), off the threads that serve requests.

use std::num::NonZero;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::kernel::{Error, Fault, Result};

use super::refusals::IdentityRefusal;

const SHORTEST: usize = 8;
const LONGEST: usize = 128;
/// Each hash takes 19 MiB and a core for itself: more at once than there are cores end no sooner, and no more than this.
const AT_ONCE: usize = 4;
static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let cores = available_parallelism().map_or(1, NonZero::get);
    Arc::new(Semaphore::new(cores.min(AT_ONCE)))
});

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Whether a password is good enough. `known` are words an attacker would try first: the address, the name.
pub fn check(password: &str, known: &[&str]) -> std::result::Result<(), IdentityRefusal> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(IdentityRefusal::PasswordTooShort(SHORTEST));
    }
    if length > LONGEST {
        return Err(IdentityRefusal::PasswordTooLong(LONGEST));
    }
    let guessable = zxcvbn::zxcvbn(password, known).score() == zxcvbn::Score::Zero;
    if guessable { Err(IdentityRefusal::PasswordGuessable) } else { Ok(()) }
}

/// The PHC string to keep.
pub async fn hash(password: String) -> Result<String> {
    blocking(move || argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(fault))
        .await?
}

/// Whether `password` is the one that was hashed. Without a hash the same work is done, and the answer is no.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    if password.chars().count() > LONGEST {
        return Ok(false);
    }
    let known = hash.is_some();
    let hash = match hash {
        Some(hash) => hash,
        None => nobody().await?,
    };
    blocking(move || {
        let parsed = PasswordHash::new(&hash).map_err(fault)?;
        Ok(argon2().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
}

/// A hash of a password nobody has.
async fn nobody() -> Result<String> {
    static NOBODY: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    NOBODY.get_or_try_init(|| hash("nobody has this password".to_owned())).await.cloned()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let permit = Arc::clone(&ROOM).acquire_owned().await.map_err(fault)?;
    let done = spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    done.await.map_err(fault)
}

fn fault(cause: impl std::fmt::Display) -> Error {
    Error::Fault(Fault::new("hashing a password", cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_only() -> Result<()> {
        let kept = hash("correct horse battery".to_owned()).await?;
        assert!(kept.starts_with("$argon2id$"));
        assert!(verify("correct horse battery".to_owned(), Some(kept.clone())).await?);
        assert!(!verify("incorrect horse".to_owned(), Some(kept)).await?);
        assert!(!verify("nobody has this password".to_owned(), None).await?);
        Ok(())
    }

    #[test]
    fn weak_passwords_are_named_as_such() {
        assert_eq!(check("short", &[]), Err(IdentityRefusal::PasswordTooShort(8)));
        assert_eq!(check("password", &[]), Err(IdentityRefusal::PasswordGuessable));
        assert_eq!(check(&"x".repeat(129), &[]), Err(IdentityRefusal::PasswordTooLong(128)));
        assert_eq!(check("a quiet lake at dawn", &[]), Ok(()));
    }
}
