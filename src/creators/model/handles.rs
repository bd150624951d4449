//! Handles: a creator's name in links. Lower case, 3 to 30 characters, not a word the product needs for itself.

use crate::creators::refusals::CreatorRefusal;
use crate::kernel::text;

const SHORTEST: usize = 3;
const LONGEST: usize = 30;

/// Paths of the product and names that would mislead.
const RESERVED: &[&str] = &[
    "about",
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "affiliates",
    "api",
    "app",
    "apps",
    "assets",
    "atelier",
    "auth",
    "billing",
    "blog",
    "browse",
    "bundle",
    "bundles",
    "careers",
    "cart",
    "categories",
    "certificate",
    "checkout",
    "community",
    "contact",
    "course",
    "courses",
    "creator",
    "creators",
    "dashboard",
    "developers",
    "discover",
    "docs",
    "download",
    "downloads",
    "explore",
    "favicon",
    "feed",
    "follow",
    "graphiql",
    "graphql",
    "healthz",
    "help",
    "home",
    "imprint",
    "jobs",
    "learn",
    "legal",
    "lesson",
    "lessons",
    "library",
    "login",
    "logout",
    "mail",
    "me",
    "media",
    "member",
    "members",
    "metrics",
    "moderator",
    "new",
    "news",
    "niche",
    "niches",
    "node",
    "notifications",
    "null",
    "official",
    "order",
    "orders",
    "payments",
    "payouts",
    "press",
    "pricing",
    "privacy",
    "profile",
    "readyz",
    "receipt",
    "receipts",
    "root",
    "sandbox",
    "search",
    "security",
    "settings",
    "shop",
    "sign-in",
    "sign-out",
    "sign-up",
    "signin",
    "signup",
    "staff",
    "static",
    "status",
    "store",
    "storefront",
    "stripe",
    "studio",
    "studios",
    "support",
    "system",
    "team",
    "terms",
    "undefined",
    "user",
    "users",
    "verify",
    "viewer",
    "webhook",
    "webhooks",
    "workshop",
    "workshops",
    "www",
];

/// Checks a handle; upper case is understood.
pub fn handle(text: &str) -> Result<String, CreatorRefusal> {
    let handle = text.trim().to_ascii_lowercase();
    if !(SHORTEST..=LONGEST).contains(&handle.len()) || !text::is_slug(&handle) {
        return Err(CreatorRefusal::HandleInvalid);
    }
    Ok(handle)
}

/// Whether the product keeps this word for itself.
pub(in crate::creators) fn is_reserved(handle: &str) -> bool {
    RESERVED.contains(&handle)
}

/// Handles close to the one wished for, best first; some of them may be taken too.
pub fn suggestions(wished: &str, display_name: &str) -> Vec<String> {
    let from_name = text::slug(display_name);
    let ends = ["teaches", "studio", "atelier", "classes", "learning"];
    let mut close = vec![from_name.clone()];
    close.extend(ends.iter().map(|end| format!("{wished}-{end}")));
    close.extend(ends.iter().map(|end| format!("{from_name}-{end}")));
    close.extend((2..=9).map(|n| format!("{wished}-{n}")));
    let mut kept: Vec<String> = Vec::new();
    for one in close {
        let fresh = one != wished && !kept.contains(&one) && !is_reserved(&one);
        if fresh && handle(&one).is_ok() {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_short_and_plain() {
        assert_eq!(handle(" Mira-Bakes "), Ok("mira-bakes".to_owned()));
        let long = "a".repeat(31);
        for bad in ["", "ab", "-mira", "mira-", "mi--ra", "mira bakes", "mira_bakes", "míra", "@mira", &long]
        {
            assert_eq!(handle(bad), Err(CreatorRefusal::HandleInvalid), "{bad:?}");
        }
        assert!(handle(&"a".repeat(30)).is_ok());
    }

    #[test]
    fn what_is_suggested_could_be_chosen() {
        let close = suggestions("mira", "Mira Öztürk");
        assert_eq!(close.first().map(String::as_str), Some("mira-ozturk"));
        assert!(close.len() >= 3);
        assert!(close.iter().all(|one| handle(one).as_ref() == Ok(one) && one != "mira"), "{close:?}");
        assert!(!suggestions("admin", "").is_empty(), "a name that gives no letters still has ends");
    }

    #[test]
    fn reserved_words_are_handles_in_form() {
        assert!(RESERVED.is_sorted(), "keeps the list free of duplicates and easy to read");
        assert!(is_reserved("graphql") && !is_reserved("mira"));
    }
}
