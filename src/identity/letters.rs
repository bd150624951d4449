//! What identity writes to people.

use crate::app::App;
use crate::notifications::model::Draft;

use super::model::Account;

fn draft(kind: &'static str, account: &Account, subject: &str, paragraphs: Vec<String>) -> Draft {
    Draft {
        kind,
        recipient: account.email.clone(),
        user: Some(account.id),
        subject: subject.to_owned(),
        paragraphs,
        unique_key: None,
    }
}

/// The code and the link that prove an address.
pub fn verify(app: &App, account: &Account, code: &str, token: &str) -> Draft {
    draft(
        "verify",
        account,
        "Your Atelier code",
        vec![
            format!("Hello {},", account.display_name),
            format!("your code is {code}. It is good for 30 minutes."),
            "Or open this link:".to_owned(),
            app.link(&format!("/verify?token={token}")),
            "If you did not ask for it, ignore this letter: nothing happens without the code.".to_owned(),
        ],
    )
}

/// Somebody signed up with an address that has an account.
pub fn exists(app: &App, account: &Account) -> Draft {
    draft("exists", account, "You already have an Atelier account", vec![
        format!("Hello {},", account.display_name),
        "somebody, probably you, tried to sign up with this address. You already have an account: sign in, or reset \
         your password if you forgot it."
            .to_owned(),
        app.link("/"),
    ])
}

/// A link to set a new password.
pub fn reset(app: &App, account: &Account, token: &str) -> Draft {
    draft(
        "reset",
        account,
        "Set a new password",
        vec![
            format!("Hello {},", account.display_name),
            "open this link to set a new password. It is good for 30 minutes.".to_owned(),
            app.link(&format!("/reset?token={token}")),
            "If you did not ask for it, ignore this letter: your password stays as it is.".to_owned(),
        ],
    )
}

/// The password was changed; a warning to the owner.
pub fn changed(account: &Account) -> Draft {
    draft("password-changed", account, "Your password was changed", vec![
        format!("Hello {},", account.display_name),
        "your password was just changed, and your other devices were signed out. If that was not you, reset your \
         password at once."
            .to_owned(),
    ])
}
