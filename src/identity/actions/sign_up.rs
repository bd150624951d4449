//! Signing up. The answer never tells whether the address has an account; the letter does, to its owner.

use std::net::IpAddr;

use entity::users;
use sea_orm::ActiveValue::Set;

use crate::app::App;
use crate::events::Event;
use crate::identity::model::{self, Account};
use crate::identity::refusals::IdentityRefusal;
use crate::identity::{letters, passwords, store};
use crate::kernel::text::{self, Checks};
use crate::kernel::{Fault, Refusal, Result};
use crate::notifications;
use crate::throttle::{self, Rate};

use super::proofs;

/// Wide, since a whole school may share one address.
const PER_ADDRESS: Rate = Rate { burst: 300, every_seconds: 2 };

/// What somebody who signs up says.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// As typed.
    pub email: String,
    /// None = codes only.
    pub password: Option<String>,
    /// Shown to others.
    pub display_name: String,
    /// BCP 47; none = en.
    pub language: Option<String>,
    /// IANA name; none = UTC.
    pub time_zone: Option<String>,
    /// The terms agreed to.
    pub terms_version: String,
    /// Old enough to make a contract.
    pub is_of_age: bool,
    /// Consent to news.
    pub marketing_opt_in: bool,
}

/// Makes an account, or tells the owner of the address that there is one.
pub async fn sign_up(app: &App, from: IpAddr, new: NewAccount) -> Result<()> {
    let (mut account, password) = checked(new)?;
    throttle::take(app, "signup:address", &from.to_string(), PER_ADDRESS).await?;
    // Hashed whether or not the address has an account: the same work, the same time.
    account.password_hash = match password {
        Some(password) => Some(passwords::hash(password).await?),
        None => None,
    };
    let mut tx = app.begin().await?;
    let folded = account.email.folded.clone();
    match store::by_email(tx.conn(), &folded).await? {
        Some(known) if known.account.email_verified_at.is_some() => {
            notifications::actions::write(&mut tx, letters::exists(app, &known.account)).await?;
        }
        Some(unproven) => {
            // Nobody has proven this address yet: the newest sign-up is the one that the next code proves.
            store::update(&tx, unproven.account.id, fresh(&account)).await?;
            let account = Account { display_name: account.display_name, ..unproven.account };
            proofs::send(app, &mut tx, &account).await?;
        }
        None => {
            let id = store::insert(&tx, account).await?;
            let made = match id {
                Some(id) => store::credentials(tx.conn(), id).await?,
                None => None,
            };
            let Some(made) = made else {
                return Err(Fault::away("signing up", "two sign-ups with one address at once").into());
            };
            tx.record(Event::new("account.created", made.account.id).of_user(made.account.id));
            proofs::send(app, &mut tx, &made.account).await?;
        }
    }
    tx.commit().await
}

fn checked(new: NewAccount) -> Result<(store::NewAccount, Option<String>)> {
    let mut checks = Checks::default();
    let email = checks.take(&["input", "email"], model::email(&new.email));
    let display_name = checks.take(&["input", "displayName"], text::line("A name", &new.display_name, 80));
    let terms = checks
        .take(&["input", "termsVersion"], text::line("The version of the terms", &new.terms_version, 40));
    let language = new.language.as_deref().unwrap_or("en");
    let language = checks.take(&["input", "language"], model::language(language));
    let time_zone =
        checks.take(&["input", "timeZone"], model::time_zone(new.time_zone.as_deref().unwrap_or("UTC")));
    if let Some(password) = &new.password {
        let known = [new.email.as_str(), new.display_name.as_str()];
        checks.take(&["input", "password"], passwords::check(password, &known));
    }
    if !new.is_of_age {
        checks.add(IdentityRefusal::NotOfAge.at(["input", "isOfAge"]));
    }
    checks.done()?;
    let (Some(email), Some(display_name), Some(terms_version), Some(language), Some(time_zone)) =
        (email, display_name, terms, language, time_zone)
    else {
        return Err(Fault::new("checking a sign-up", "a value is missing though no check failed").into());
    };
    let marketing_opt_in = new.marketing_opt_in;
    let account = store::NewAccount {
        email,
        display_name,
        password_hash: None,
        language,
        time_zone,
        marketing_opt_in,
        terms_version,
    };
    Ok((account, new.password))
}

fn fresh(account: &store::NewAccount) -> users::ActiveModel {
    users::ActiveModel {
        email: Set(account.email.written.clone()),
        display_name: Set(account.display_name.clone()),
        password_hash: Set(account.password_hash.clone()),
        language: Set(account.language.clone()),
        time_zone: Set(account.time_zone.clone()),
        marketing_opt_in: Set(account.marketing_opt_in),
        terms_version: Set(account.terms_version.clone()),
        ..Default::default()
    }
}
