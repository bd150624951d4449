//! Working out what something costs right now. Reads only.

use std::collections::{HashMap, HashSet};

use crate::app::App;
use crate::catalog::{
    self,
    model::{BillingInterval, OfferingKind, Price, PriceForSale, PriceKind},
};
use crate::coupons::model::Customer;
use crate::enrollment;
use crate::identity;
use crate::kernel::text::Checks;
use crate::kernel::{
    Actor, CreatorId, Currency, Error, Fault, Instant, Money, OfferingId, PriceId, Problem, PublicId,
    Refusal, Result, UserId, WorkshopSessionId,
};
use crate::workshops;
use chrono::SubsecRound;
use uuid::Uuid;

use super::super::model::{
    Channel, CouponOutcome, LARGEST_TOTAL, MOST_ITEMS, QUOTE_LIFE, Quote, QuoteLine, RecurringDue, due,
    recurring,
};
use super::super::refusals::CheckoutRefusal as No;
use super::super::token;
use super::discount::discount;
use super::parts::{self, Item};
use super::{gifting, referral, seats, tax};

/// What somebody wants to buy.
#[derive(Clone, Debug)]
pub struct QuoteRequest {
    /// At least one.
    pub items: Vec<Wanted>,
    /// A code.
    pub coupon: Option<String>,
    /// Where the buyer is.
    pub channel: Channel,
    /// Where the buyer lives, for taxes.
    pub country: Option<String>,
    /// The clicks that led here, as the buyer's client keeps them.
    pub touches: Option<String>,
}

/// One thing somebody wants to buy.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// At which price.
    pub price: PriceId,
    /// For pay-what-you-want: how much.
    pub pay: Option<Money>,
    /// For a gift, or a companion's seat: to which address.
    pub gift: Option<String>,
    /// For a workshop: at which session.
    pub session: Option<WorkshopSessionId>,
}

/// A quote, its token, and what the buyer should know.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// What it costs.
    pub quote: Quote,
    /// The same, signed.
    pub token: String,
    /// Things that will be refused later, or do not work here.
    pub warnings: Vec<Problem>,
}

/// What the wanted things cost now.
pub async fn quote(app: &App, actor: &Actor, request: &QuoteRequest) -> Result<Quoted> {
    let customer = customer_of(app, actor, request).await?;
    let mut quote = price(app, request, &customer).await?;
    gifting::not_to_asker(app, actor, &quote).await?;
    let unattributed = referral::attribute(app, actor, request.touches.as_deref(), &mut quote).await?;
    tax::apply(app, request.country.as_deref(), &mut quote).await?;
    let mut warnings = warnings(app, actor, &quote).await?;
    warnings.extend(unattributed);
    Ok(Quoted { token: token::seal(&app.keys, &quote)?, quote, warnings })
}

/// What a token of ours says, whatever its age.
pub fn quote_of_token(app: &App, token: &str) -> Result<Quote> {
    token::open(&app.keys, token).map_err(|no| no.at(["input", "quoteToken"]).into())
}

/// The token of a quote that was agreed to.
pub fn token_of_quote(app: &App, quote: &Quote) -> Result<String> {
    token::seal(&app.keys, quote)
}

/// The same things as in an earlier quote, at what they cost now and for this customer. A price that was withdrawn
/// meanwhile is replaced by the one that is asked now.
pub(super) async fn again(app: &App, quote: &Quote, customer: &Customer) -> Result<Quote> {
    let mut now = priced_again(app, quote, customer).await?;
    tax::carry_over(app, quote, &mut now).await?;
    Ok(now)
}

/// The same for a quote that may be months old: its tax is worked out anew, for the country it was made for.
pub(super) async fn anew(app: &App, quote: &Quote, customer: &Customer) -> Result<Quote> {
    let mut now = priced_again(app, quote, customer).await?;
    tax::apply(app, quote.tax.as_ref().map(|tax| tax.country.as_str()), &mut now).await?;
    Ok(now)
}

async fn priced_again(app: &App, quote: &Quote, customer: &Customer) -> Result<Quote> {
    let ids: Vec<OfferingId> = quote.lines.iter().map(|line| OfferingId(line.offering)).collect();
    let asked = catalog::store::of_offerings(app, &ids).await?;
    let prices =
        |line: &QuoteLine| asked.get(&OfferingId(line.offering)).map(Vec::as_slice).unwrap_or_default();
    let items = quote.lines.iter().map(|line| wanted_again(line, prices(line), quote.currency)).collect();
    let (coupon, channel) = (quote.coupon.clone(), quote.channel);
    let request = QuoteRequest { items, coupon, channel, country: None, touches: None };
    let mut now = price(app, &request, customer).await?;
    now.referral = quote.referral;
    Ok(now)
}

/// `prices` are those that the line's offering has now.
fn wanted_again(line: &QuoteLine, prices: &[Price], currency: Currency) -> Wanted {
    let pay = line.chosen.then(|| Money::new(line.amount_minor, currency));
    let gift = line.gift.clone();
    let session = line.session.map(WorkshopSessionId);
    let same = Wanted { price: line.price, pay, gift: gift.clone(), session };
    if prices.iter().any(|price| price.id == line.price) {
        return same;
    }
    let like_it = |price: &&Price| {
        price.amount.currency == currency
            && (price.kind == PriceKind::PayWhatYouWant) == line.chosen
            && price.recurring.map(|terms| terms.interval == BillingInterval::Year)
                == line.recurring.map(|due| due.yearly)
    };
    let Some(price) = prices.iter().find(like_it) else { return same };
    let pay = pay.map(|pay| Money::new(pay.minor.max(price.amount.minor), currency));
    Wanted { price: price.id, pay, gift, session }
}

/// Who asks, as far as trials and codes want to know.
async fn customer_of(app: &App, actor: &Actor, request: &QuoteRequest) -> Result<Customer> {
    let user = actor.user_id();
    let Some(known) = user.filter(|_| request.coupon.is_some()) else {
        return Ok(Customer { user, email: None });
    };
    let email = identity::store::accounts(app, &[known]).await?.remove(&known).map(|account| account.email);
    Ok(Customer { user, email })
}

/// One person has one trial of a plan: who was a member before pays from the beginning.
async fn one_trial(app: &App, user: UserId, lines: &mut [QuoteLine]) -> Result<()> {
    for line in lines {
        let Some(due) = line.recurring.as_mut().filter(|due| due.trial_days.is_some()) else { continue };
        if !enrollment::store::of_user(app.db.read(), user, &[line.offering]).await?.is_empty() {
            due.trial_days = None;
            line.amount_minor = due.amount_minor;
        }
    }
    Ok(())
}

async fn price(app: &App, request: &QuoteRequest, customer: &Customer) -> Result<Quote> {
    if request.items.is_empty() {
        return Err(No::NothingChosen.at(["input", "items"]).into());
    }
    if request.items.len() > MOST_ITEMS {
        return Err(No::TooMany(MOST_ITEMS).at(["input", "items"]).into());
    }
    let ids: Vec<PriceId> = request.items.iter().map(|item| item.price).collect();
    let offered = for_sale(app, &ids).await?;
    let chosen =
        seats::chosen(app, request, |price| offered.get(&price).map(|offered| &offered.sale)).await?;
    let mut basket = Basket::new(app.now(), &offered);
    let mut checks = Checks::default();
    for (at, item) in request.items.iter().enumerate() {
        let path = |field: &str| ["input".to_owned(), "items".to_owned(), at.to_string(), field.to_owned()];
        let terms = match chosen.get(&at).cloned().transpose() {
            Ok(terms) => terms,
            Err(no) => {
                checks.add(no.at(path("sessionId")));
                continue;
            }
        };
        if let Err((no, field)) = basket.add(item, terms) {
            checks.add(no.at(path(field)));
        }
    }
    checks.done()?;
    if let Some(user) = customer.user {
        one_trial(app, user, &mut basket.lines).await?;
    }
    let outcome = match (&request.coupon, basket.seller) {
        (Some(code), Some(seller)) => Some(discount(app, seller, code, customer, &mut basket.lines).await?),
        _ => None,
    };
    basket.into_quote(request, outcome)
}

/// A price that can be had, and what a bundle at this price holds.
struct Offered {
    sale: PriceForSale,
    items: Vec<Item>,
}

/// Those of the prices that can be had now.
async fn for_sale(app: &App, ids: &[PriceId]) -> Result<HashMap<PriceId, Offered>> {
    let mut found = HashMap::new();
    for id in ids {
        let Some(mut sale) = catalog::store::price_for_sale(app.db.read(), *id, app.now()).await? else {
            continue;
        };
        let mut items = Vec::new();
        if sale.kind == OfferingKind::Bundle {
            match parts::items_of(app, &sale).await? {
                Some(all) => items = all,
                None => sale.on_sale = false,
            }
        }
        found.insert(*id, Offered { sale, items });
    }
    Ok(found)
}

/// What was wanted so far; all of it from one creator in one currency.
struct Basket<'a> {
    now: Instant,
    offered: &'a HashMap<PriceId, Offered>,
    seller: Option<(CreatorId, Currency)>,
    /// What, and for whom: the same may be bought for oneself and for others.
    offerings: HashSet<(OfferingId, Option<String>, Option<WorkshopSessionId>)>,
    lines: Vec<QuoteLine>,
}

impl<'a> Basket<'a> {
    fn new(now: Instant, offered: &'a HashMap<PriceId, Offered>) -> Self {
        Self { now, offered, seller: None, offerings: HashSet::new(), lines: Vec::new() }
    }

    /// Adds a line, or says what is wrong with which field of the item.
    fn add(&mut self, item: &Wanted, terms: Option<String>) -> std::result::Result<(), (No, &'static str)> {
        let at_price = |no| (no, "priceId");
        let Offered { sale: offered, items } =
            self.offered.get(&item.price).ok_or(at_price(No::PriceGone))?;
        if !offered.on_sale {
            return Err(at_price(No::NotOnSale));
        }
        let theirs = offered.price.amount.currency;
        let (creator, currency) = *self.seller.get_or_insert((offered.creator, theirs));
        if creator != offered.creator {
            return Err(at_price(No::OtherCreator));
        }
        if currency != theirs {
            return Err(at_price(No::OtherCurrency(currency)));
        }
        let gift = gifting::recipient(item.gift.as_deref()).map_err(|no| (no, "giftRecipientEmail"))?;
        let to = gift.as_ref().map(|to| to.folded.clone());
        let things: Vec<OfferingId> = items.iter().map(|item| item.offering).collect();
        let mut news = things.into_iter().chain([offered.offering]);
        if !news.all(|thing| self.offerings.insert((thing, to.clone(), item.session))) {
            return Err(match (&to, item.session) {
                (Some(_), Some(_)) => (No::CompanionTwice, "giftRecipientEmail"),
                _ => at_price(No::Twice),
            });
        }
        seats::one_more(&self.lines, item.session).map_err(|no| (no, "sessionId"))?;
        let amount_minor = due(&offered.price, item.pay).map_err(|no| (no, "payWhatYouWant"))?;
        let recurring = self.recurring(&offered.price).map_err(at_price)?;
        if recurring.is_some() && gift.is_some() {
            return Err((No::NotYet("A membership for somebody else"), "giftRecipientEmail"));
        }
        self.lines.push(QuoteLine {
            price: item.price,
            offering: offered.offering.uuid(),
            title: offered.title.clone(),
            amount_minor,
            discount_minor: 0,
            tax_minor: 0,
            chosen: item.pay.is_some(),
            parts: Vec::new(),
            gift: gift.map(|to| to.written),
            session: item.session.map(|session| session.0),
            terms,
            recurring,
        });
        Ok(())
    }

    /// What is due again and again; such a thing is bought on its own.
    fn recurring(&self, price: &Price) -> std::result::Result<Option<RecurringDue>, No> {
        let one = price.kind == PriceKind::Recurring;
        if self.lines.iter().any(|line| one || line.recurring.is_some()) {
            return Err(No::MembershipAlone);
        }
        one.then(|| recurring(price)).transpose()
    }

    fn into_quote(self, request: &QuoteRequest, outcome: Option<CouponOutcome>) -> Result<Quote> {
        let (creator, currency) =
            self.seller.ok_or_else(|| Error::Fault(Fault::new("quoting", "a basket without a line")))?;
        let mut lines = self.lines;
        for line in &mut lines {
            let items = self.offered.get(&line.price).map_or(&[][..], |offered| &offered.items);
            if !items.is_empty() {
                line.parts = parts::divided(line.amount_minor, currency, items)?;
            }
        }
        let quote = Quote {
            creator,
            currency,
            lines,
            coupon: request.coupon.clone(),
            coupon_outcome: outcome,
            channel: request.channel,
            expires_at: (self.now + QUOTE_LIFE).trunc_subsecs(0),
            referral: None,
            tax: None,
        };
        gifting::all_cost(&quote)?;
        let total = quote.total();
        if total.minor > LARGEST_TOTAL {
            return Err(No::AboveMaximum(Money::new(LARGEST_TOTAL, currency)).at(["input", "items"]).into());
        }
        if total.minor > 0 && total.minor < currency.floor_minor() {
            let floor = Money::new(currency.floor_minor(), currency);
            return Err(No::BelowMinimum(floor).at(["input", "items"]).into());
        }
        Ok(quote)
    }
}

/// Which of the things and sessions of a quote the person has.
pub(super) async fn held(app: &App, user: UserId, quote: &Quote) -> Result<HashSet<Uuid>> {
    let mut has = enrollment::actions::offerings_held(app, user, &quote.things()).await?;
    let sessions = quote.sessions();
    if !sessions.is_empty() {
        let seated = workshops::actions::sessions_held(app, user, &sessions).await?;
        has.extend(seated.into_iter().map(|session| session.0));
    }
    Ok(has)
}

async fn warnings(app: &App, actor: &Actor, quote: &Quote) -> Result<Vec<Problem>> {
    let mut warnings = Vec::new();
    if let Some(user) = actor.user_id() {
        let has = held(app, user, quote).await?;
        for (at, _) in quote.lines.iter().enumerate().filter(|(_, line)| line.is_held(&has)) {
            warnings.push(No::AlreadyEnrolled.at(["items".to_owned(), at.to_string()]));
        }
    }
    warnings.extend(seats::full(app, actor, quote).await?);
    if quote.purchase_options().is_empty() {
        warnings.push(No::OptionUnavailable.at(["channel"]));
    }
    Ok(warnings)
}
