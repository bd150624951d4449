//! One click on a link, as a text the visitor carries: which link and when, signed by us. Nothing about the visitor.
//!
//! A client that keeps several hands them all back, separated by commas; the program decides whether the first or the
//! last of them earns. A link's bare token counts as followed right now.

use crate::kernel::Instant;
use crate::keys::{Keys, Purpose};

/// The most touches of one visitor that are looked at.
pub const MOST: usize = 10;

/// A click on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The link's token.
    pub token: String,
    /// When.
    pub at: Instant,
}

/// The touch as a text.
pub fn seal(keys: &Keys, touch: &Touch) -> String {
    let body = format!("{}.{}", touch.token, touch.at.timestamp());
    let signature = keys.sign(Purpose::Referral, body.as_bytes());
    format!("{body}.{signature}")
}

/// The touches of a text, oldest first; what was not signed here is left out.
pub fn open(keys: &Keys, text: &str, now: Instant) -> Vec<Touch> {
    let mut touches: Vec<Touch> =
        text.split(',').take(MOST).filter_map(|one| read(keys, one.trim(), now)).collect();
    touches.sort_by_key(|touch| touch.at);
    touches
}

fn read(keys: &Keys, text: &str, now: Instant) -> Option<Touch> {
    let Some((body, signature)) = text.rsplit_once('.') else {
        let fits = !text.is_empty() && text.len() <= 40;
        return fits.then(|| Touch { token: text.to_owned(), at: now });
    };
    if !keys.verifies(Purpose::Referral, body.as_bytes(), signature) {
        return None;
    }
    let (token, seconds) = body.split_once('.')?;
    let at = Instant::from_timestamp(seconds.parse().ok()?, 0)?;
    (at <= now).then(|| Touch { token: token.to_owned(), at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::from_pem(&Keys::generate_pem().expect("a key")).expect("a key")
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_timestamp(1_790_000_000 + seconds, 0).expect("a moment of this century")
    }

    #[test]
    fn touches_come_back_in_the_order_they_were_made() {
        let keys = keys();
        let touch = |token: &str, seconds| Touch { token: token.to_owned(), at: at(seconds) };
        let text = format!("{}, {}", seal(&keys, &touch("b", 20)), seal(&keys, &touch("a", 10)));
        assert_eq!(open(&keys, &text, at(30)), [touch("a", 10), touch("b", 20)]);
        assert_eq!(open(&keys, "bare", at(30)), [touch("bare", 30)]);
    }

    #[test]
    fn what_was_changed_or_made_elsewhere_counts_for_nothing() {
        let keys = keys();
        let sealed = seal(&keys, &Touch { token: "a".into(), at: at(10) });
        assert!(open(&keys, &sealed.replacen('a', "b", 1), at(30)).is_empty());
        assert!(open(&self::keys(), &sealed, at(30)).is_empty(), "another installation's");
        assert!(open(&keys, &sealed, at(5)).is_empty(), "from the future");
        assert!(open(&keys, ", ,,.", at(5)).is_empty());
    }
}
