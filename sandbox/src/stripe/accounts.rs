//! Connected accounts: made by us for a creator, made ready by the creator on Stripe's onboarding page.
//!
//! It keeps true that an account can do nothing before onboarding, that `transfers` is the capability that
//! counts, and that a link opens once and for five minutes
//! (<https://docs.stripe.com/api/account_links/object>). Only accounts with controller properties and the
//! `transfers` capability are simulated; accounts v2 are not.

use serde_json::{Map, Value, json};

use super::customers::changed;
use super::error::StripeError;
use super::events::emit_connected;
use super::intents::{not_simulated, only_simulated};
use super::objects::{build, leave_out, members, merge_metadata, overlay, text};
use super::state::notes;
use super::tx::Tx;

/// An account link lives for five minutes.
const LINK_LIFE: i64 = 300;
const SIMULATED: &[&str] = &[
    "business_profile",
    "business_type",
    "capabilities",
    "controller",
    "country",
    "default_currency",
    "email",
    "expand",
    "metadata",
    "settings",
];
const SIMULATED_UPDATE: &[&str] =
    &["business_profile", "capabilities", "email", "expand", "metadata", "settings"];
const FIRST_DUE: &[&str] = &[
    "business_type",
    "external_account",
    "individual.dob.day",
    "individual.email",
    "individual.first_name",
    "individual.last_name",
    "tos_acceptance.date",
    "tos_acceptance.ip",
];
const DOCUMENT: &str = "individual.verification.document";

/// How a creator leaves the onboarding page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is accepted: transfers are active, payouts enabled.
    Ready,
    /// Something is past due: transfers are inactive.
    Restricted,
    /// Stripe is still checking.
    Pending,
}

impl Outcome {
    /// Reads `ready`, `restricted` or `pending`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ready" => Some(Self::Ready),
            "restricted" => Some(Self::Restricted),
            "pending" => Some(Self::Pending),
            _ => None,
        }
    }
}

/// `POST /v1/accounts`.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    let controller = &params["controller"];
    if !controller.is_object() {
        return Err(not_simulated("type"));
    }
    let mut capabilities = Map::new();
    for (name, asked) in members(&params["capabilities"]) {
        if asked["requested"] == true {
            capabilities.insert(name, "inactive".into());
        }
    }
    let country = params["country"].as_str().unwrap_or("US");
    let id = tx.id("acct_1", 16);
    let mut account = build(
        "account",
        json!({
            "id": id, "created": tx.now, "capabilities": capabilities, "charges_enabled": false,
            "payouts_enabled": false, "details_submitted": false, "email": params["email"],
            "business_type": params["business_type"], "controller": controller_member(controller),
            "country": country, "metadata": members(&params["metadata"]),
            "default_currency": params["default_currency"].as_str().unwrap_or(currency_of(country)),
            "external_accounts": super::objects::list(&format!("/v1/accounts/{id}/external_accounts"), vec![], false),
            "requirements": requirements(FIRST_DUE, &[], &[], Some("requirements.past_due")),
            "type": kind_of(controller), "groups": null,
        }),
    );
    overlay(&mut account["business_profile"], Value::Object(members(&params["business_profile"])));
    leave_out(&mut account, &["company", "individual"]);
    tx.save(&account);
    Ok(account)
}

/// The currency an account is paid out in unless it says otherwise; euro for the countries we do not list.
fn currency_of(country: &str) -> &'static str {
    match country {
        "US" => "usd",
        "GB" => "gbp",
        "CH" => "chf",
        "CA" => "cad",
        _ => "eur",
    }
}

fn controller_member(asked: &Value) -> Value {
    json!({
        "type": "application", "is_controller": true,
        "fees": { "payer": asked["fees"]["payer"].as_str().unwrap_or("account") },
        "losses": { "payments": asked["losses"]["payments"].as_str().unwrap_or("stripe") },
        "requirement_collection": asked["requirement_collection"].as_str().unwrap_or("stripe"),
        "stripe_dashboard": { "type": asked["stripe_dashboard"]["type"].as_str().unwrap_or("full") },
    })
}

/// The old account type that the controller properties amount to.
fn kind_of(controller: &Value) -> &'static str {
    match text(&controller["stripe_dashboard"], "type") {
        "express" => "express",
        "none" => "custom",
        _ => "standard",
    }
}

fn requirements(due: &[&str], past: &[&str], checking: &[&str], disabled: Option<&str>) -> Value {
    json!({
        "alternatives": [], "current_deadline": null, "currently_due": due, "disabled_reason": disabled,
        "errors": [], "eventually_due": due, "past_due": past, "pending_verification": checking,
    })
}

/// `POST /v1/accounts/{account}`: words, metadata, further capabilities.
pub(crate) fn update(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED_UPDATE)?;
    let before = tx.load("account", id, "account")?;
    let mut account = before.clone();
    if let Some(email) = params.get("email") {
        account["email"] = email.clone();
    }
    overlay(&mut account["business_profile"], Value::Object(members(&params["business_profile"])));
    if let Some(metadata) = params.get("metadata") {
        account["metadata"] = merge_metadata(&account["metadata"], metadata);
    }
    schedule(tx, &mut account, &params["settings"]["payouts"]["schedule"])?;
    tx.save(&account);
    emit_connected(tx, "account.updated", &account, id, Some(changed(&before, &account)));
    Ok(account)
}

/// When the account is paid out by itself: <https://docs.stripe.com/connect/manage-payout-schedule>.
fn schedule(tx: &mut Tx<'_>, account: &mut Value, asked: &Value) -> Result<(), StripeError> {
    let Some(interval) = asked["interval"].as_str() else { return Ok(()) };
    let missing = match interval {
        "weekly" if asked.get("weekly_anchor").is_none() => Some("weekly_anchor"),
        "monthly" if asked.get("monthly_anchor").is_none() => Some("monthly_anchor"),
        _ => None,
    };
    if let Some(anchor) = missing {
        let message = format!("You must specify the {anchor} of a {interval} payout schedule.");
        return Err(StripeError::invalid(message).param("settings[payouts][schedule]"));
    }
    overlay(&mut account["settings"]["payouts"]["schedule"], asked.clone());
    super::payouts::plan(tx, text(account, "id"), interval);
    Ok(())
}

/// What the creator does on Stripe's page: the account and its capabilities change, both told at once.
pub(crate) fn onboard(tx: &mut Tx<'_>, id: &str, outcome: Outcome) -> Result<Value, StripeError> {
    let before = tx.load("account", id, "account")?;
    let (state, payouts, requirements) = match outcome {
        Outcome::Ready => ("active", true, requirements(&[], &[], &[], None)),
        Outcome::Restricted => {
            ("inactive", false, requirements(&[DOCUMENT], &[DOCUMENT], &[], Some("requirements.past_due")))
        }
        Outcome::Pending => {
            ("pending", false, requirements(&[], &[], &[DOCUMENT], Some("requirements.pending_verification")))
        }
    };
    let mut account = before.clone();
    let names: Vec<String> = members(&account["capabilities"]).into_iter().map(|(name, _)| name).collect();
    for name in &names {
        account["capabilities"][name] = state.into();
    }
    let charges = payouts && account["capabilities"].get("card_payments").is_some();
    overlay(
        &mut account,
        json!({
            "details_submitted": true, "payouts_enabled": payouts, "charges_enabled": charges,
            "requirements": requirements,
            "tos_acceptance": { "date": tx.now, "ip": "127.0.0.1", "user_agent": null },
        }),
    );
    tx.save(&account);
    for name in &names {
        let capability = capability(tx, &account, name);
        let was = json!({ "status": before["capabilities"][name] });
        emit_connected(tx, "capability.updated", &capability, id, Some(was));
    }
    emit_connected(tx, "account.updated", &account, id, Some(changed(&before, &account)));
    Ok(account)
}

/// The capability as an object of its own. It has no id of its own, only a name on its account, so it is shown
/// from the account and never stored.
fn capability(tx: &Tx<'_>, account: &Value, name: &str) -> Value {
    let due = &account["requirements"];
    let disabled = match text(&account["capabilities"], name) {
        "active" => Value::Null,
        "pending" => "pending.review".into(),
        _ => "requirements.fields_needed".into(),
    };
    build(
        "capability",
        json!({
            "id": name, "account": account["id"], "requested": true,
            "requested_at": account["created"].as_i64().unwrap_or(tx.now),
            "status": account["capabilities"][name],
            "requirements": {
                "alternatives": [], "current_deadline": null, "currently_due": due["currently_due"],
                "disabled_reason": disabled, "errors": [], "eventually_due": due["eventually_due"],
                "past_due": due["past_due"], "pending_verification": due["pending_verification"],
            },
        }),
    )
}

/// `GET /v1/accounts/{account}/capabilities`.
pub(crate) fn capabilities(tx: &Tx<'_>, id: &str) -> Result<Value, StripeError> {
    let account = tx.load("account", id, "account")?;
    let all = members(&account["capabilities"]).keys().map(|name| capability(tx, &account, name)).collect();
    Ok(super::objects::list(&format!("/v1/accounts/{id}/capabilities"), all, false))
}

/// `POST /v1/account_links`.
pub(crate) fn link(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    let account = text(params, "account").to_owned();
    tx.load("account", &account, "account")?;
    for name in ["return_url", "refresh_url"] {
        if params[name].as_str().is_none_or(|url| !url.starts_with("http")) {
            return Err(StripeError::invalid("Not a valid URL").code("url_invalid").param(name));
        }
    }
    let token = tx.id("", 24);
    let expires_at = tx.now + LINK_LIFE;
    let note = json!({
        "account": account, "return_url": params["return_url"], "refresh_url": params["refresh_url"],
        "expires_at": expires_at, "state": "fresh",
    });
    tx.store.put(notes::LINK, &token, note);
    let url = format!("{}/connect/{account}?link={token}", tx.settings.public_base);
    Ok(build("account_link", json!({ "created": tx.now, "expires_at": expires_at, "url": url })))
}

/// Opens a link: its addresses if it is fresh, and from now on it is used.
pub(crate) fn open_link(tx: &mut Tx<'_>, account: &str, token: &str) -> LinkState {
    let mut note = tx.note(notes::LINK, token);
    if note["account"] != account {
        return LinkState::Unknown;
    }
    if note["state"] != "fresh" || note["expires_at"].as_i64().is_none_or(|end| end <= tx.now) {
        return LinkState::Over { refresh_url: text(&note, "refresh_url").to_owned() };
    }
    note["state"] = "opened".into();
    tx.store.put(notes::LINK, token, note);
    LinkState::Opened
}

/// Leaves the onboarding that a link opened; where the browser goes then.
pub(crate) fn leave_link(tx: &mut Tx<'_>, account: &str, token: &str) -> Option<String> {
    let mut note = tx.note(notes::LINK, token);
    if note["account"] != account || note["state"] != "opened" {
        return None;
    }
    note["state"] = "left".into();
    let back = text(&note, "return_url").to_owned();
    tx.store.put(notes::LINK, token, note);
    Some(back)
}

/// What a link is worth at this moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LinkState {
    /// It was fresh and is used now.
    Opened,
    /// It was used before or its five minutes are over: Stripe sends the browser to the refresh address.
    Over {
        /// Where a new link is made.
        refresh_url: String,
    },
    /// There is no such link for this account.
    Unknown,
}
