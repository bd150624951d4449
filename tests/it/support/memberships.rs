//! Clubs: membership plans of a shop, and the people who join them.

use atelier::kernel::PriceId;
use serde_json::{Value, json};

use super::{CREATE, OFFERING_PUBLISH, Person, Priced, Shop, text};

/// Making a plan.
pub const PLAN_CREATE: &str =
    "mutation($creator: ID!, $input: MembershipPlanInput!) { membershipPlanCreate(creatorId: $creator, input: $input) {
    plan { id slug status perks includesEverything } userErrors { code path message } } }";
/// Changing a plan.
pub const PLAN_UPDATE: &str =
    "mutation($id: ID!, $input: MembershipPlanInput!) { membershipPlanUpdate(id: $id, input: $input) {
    plan { id includes { id } includesEverything } userErrors { code path message } } }";
/// Ending a membership.
pub const MEMBERSHIP_CANCEL: &str =
    "mutation($id: ID!, $now: Boolean) { membershipCancel(enrollmentId: $id, immediately: $now) {
    enrollment { id state renewsAt cancelAtPeriodEnd accessEndsAt } userErrors { code path message } } }";
/// Going on after all.
pub const MEMBERSHIP_RESUME: &str = "mutation($id: ID!) { membershipResume(enrollmentId: $id) {
    enrollment { id state renewsAt cancelAtPeriodEnd } userErrors { code path message } } }";
const MEMBERSHIP: &str = "query($id: ID!) { node(id: $id) { ... on Creator {
    membershipPlans { title perks prices { amount { minorUnits } interval trialDays } }
    viewerMembership { id state source startedAt renewsAt cancelAtPeriodEnd accessEndsAt offering { id } } } } }";
const MAY_LEARN: &str = "query($id: ID!) { node(id: $id) { ... on Course { viewerAccess { state } } } }";

/// A plan on sale.
#[derive(Clone, Debug)]
pub struct Club {
    /// The shop whose course it opens.
    pub shop: Shop,
    /// `mpl_…`.
    pub plan: String,
    /// Its price.
    pub price: PriceId,
}

impl Person {
    /// Opens a shop with one course, and a club that opens everything in it for 9.00 a month.
    pub async fn opens_club(&self, trial_days: Option<i32>) -> Club {
        let shop = self.opens_shop("Ink and Brush", Priced::Euros(4900)).await;
        let plan = self.plans(&shop, json!({ "perks": ["A call each month"] })).await;
        let amount = json!({ "minorUnits": 900, "currency": "EUR" });
        let price =
            json!({ "recurring": { "amount": amount, "interval": "MONTH", "trialDays": trial_days } });
        let price = self.asks_for(&plan, price).await;
        self.does(OFFERING_PUBLISH, json!({ "id": plan })).await;
        Club { shop, plan, price: price.parse().unwrap() }
    }

    /// Makes a plan as a draft; gives its id.
    pub async fn plans(&self, shop: &Shop, input: Value) -> String {
        let mut input = input;
        input["title"] = json!("Ink Club");
        input["descriptionMarkdown"] = json!("Paint with us.");
        let made =
            self.does(PLAN_CREATE, json!({ "creator": shop.creator.to_string(), "input": input })).await;
        text(&made["plan"]["id"])
    }

    /// Goes as far as the page on which a membership begins; its `cs_…`.
    pub async fn goes_to_join(&self, club: &Club) -> (String, String) {
        let quote = self.asks_price(club.price).await;
        let input = self.agrees_to(&quote, "HOSTED_PAGE");
        let payload = self.does(CREATE, json!({ "input": input })).await;
        let order = text(&payload["checkout"]["order"]["id"]);
        let sessions = self.market.stripe().objects("checkout.session");
        let session = sessions.iter().find(|session| session["client_reference_id"] == order.as_str());
        (text(&session.unwrap()["id"]), text(&payload["checkout"]["id"]))
    }

    /// Joins with a card that pays; gives the membership's `enr_…`.
    pub async fn joins(&self, club: &Club) -> String {
        let (session, _) = self.goes_to_join(club).await;
        self.market.stripe().pay(&session, "4242424242424242").unwrap();
        self.market.settles().await;
        text(&self.membership(club).await["id"])
    }

    /// The person's membership as it is now.
    pub async fn membership(&self, club: &Club) -> Value {
        let seen = self.sees(MEMBERSHIP, json!({ "id": club.shop.creator.to_string() })).await;
        seen["node"]["viewerMembership"].clone()
    }

    /// What stands between the person and the club's course.
    pub async fn access_to_course(&self, club: &Club) -> String {
        let seen = self.sees(MAY_LEARN, json!({ "id": club.shop.course.to_string() })).await;
        text(&seen["node"]["viewerAccess"]["state"])
    }

    /// Changes the card their memberships are paid with, on the billing page.
    pub fn changes_card(&self, card: &str) {
        let stripe = self.market.stripe();
        let mine = |customer: &&Value| customer["email"] == self.email.as_str();
        let customers = stripe.objects("customer");
        let customer = text(&customers.iter().find(mine).unwrap()["id"]);
        stripe.change_card(&customer, card).unwrap();
    }
}
