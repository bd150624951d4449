//! Becoming a creator: whoever makes one owns it.

use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::creators::model::{self, MOST_OWNED};
use crate::creators::refusals::CreatorRefusal;
use crate::creators::store::{self, NewCreator};
use crate::events::Event;
use crate::identity;
use crate::kernel::text::{self, Checks};
use crate::kernel::{CreatorId, Currency, Denied, Refusal, Result, Viewer};

use super::niches;

/// How many free handles are suggested for a taken one.
const SUGGESTED: usize = 3;

/// What a new creator says of itself, as it was typed.
#[derive(Clone, Debug)]
pub struct Start {
    /// Wished for.
    pub handle: String,
    /// Shown to others.
    pub display_name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// One to five slugs.
    pub niches: Vec<String>,
}

/// Makes a creator, its closed page and its owner.
pub async fn create(app: &App, viewer: &Viewer, start: Start) -> Result<CreatorId> {
    if !viewer.email_verified {
        return Err(CreatorRefusal::EmailNotVerified.at(Vec::<String>::new()).into());
    }
    let mut tx = app.begin().await?;
    // One at a time for each account, so that the limit holds.
    let account = identity::store::lock(&tx, viewer.user_id).await?.ok_or(Denied::NotFound)?;
    let new = checked(tx.conn(), start, account.language).await?;
    if store::owned_count(tx.conn(), viewer.user_id).await? >= MOST_OWNED {
        return Err(CreatorRefusal::TooManyOwned.at(["input"]).into());
    }
    let (handle, name) = (new.handle.clone(), new.display_name.clone());
    let Some(id) = store::insert(&tx, viewer.user_id, new).await? else {
        return Err(taken(tx.conn(), &handle, &name).await?.at(["input", "handle"]).into());
    };
    tx.record(Event::new("creator.created", id).of_creator(id).of_user(viewer.user_id));
    tx.commit().await?;
    Ok(id)
}

async fn checked(conn: &impl ConnectionTrait, start: Start, language: String) -> Result<NewCreator> {
    let mut checks = Checks::default();
    let handle = checks.take(&["input", "handle"], model::handle(&start.handle));
    let name = checks.take(&["input", "displayName"], text::line("A name", &start.display_name, 80));
    let country = checks.take(&["input", "country"], model::country(&start.country));
    let zone = checks.take(&["input", "timeZone"], identity::model::time_zone(&start.time_zone));
    let currency = start.currency.parse::<Currency>().map_err(|_| CreatorRefusal::CurrencyUnsupported);
    let currency = checks.take(&["input", "currency"], currency);
    let niches = niches::checked(conn, &mut checks, &start.niches).await?;
    if let Some(handle) = &handle
        && (model::is_reserved(handle)
            || store::taken(conn, std::slice::from_ref(handle)).await?.contains(handle))
    {
        let refusal = taken(conn, handle, name.as_deref().unwrap_or_default()).await?;
        checks.add(refusal.at(["input", "handle"]));
    }
    checks.done()?;
    match (handle, name, country, zone, currency) {
        (Some(handle), Some(display_name), Some(country), Some(time_zone), Some(currency)) => {
            let languages = vec![language];
            Ok(NewCreator { handle, display_name, country, time_zone, currency, languages, niches })
        }
        // Checks has refused already whenever a part is missing.
        _ => Err(Denied::NotFound.into()),
    }
}

/// The refusal of a taken handle, with free ones close to it.
async fn taken(conn: &impl ConnectionTrait, handle: &str, display_name: &str) -> Result<CreatorRefusal> {
    let close = model::suggestions(handle, display_name);
    let used = store::taken(conn, &close).await?;
    let suggestions = close.into_iter().filter(|one| !used.contains(one)).take(SUGGESTED).collect();
    Ok(CreatorRefusal::HandleTaken { suggestions })
}
