//! Who earns: the seller, a co-teacher, an affiliate. What they agree on, their accounts, and what each sees of their
//! own money.

use atelier::kernel::CreatorId;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use super::{World, answer};
use crate::proofs::model::{Answer, COMMISSION, SELLER, TEACHER};
use crate::support::{Market, Person, Priced, text};

const PROGRAM: &str = "mutation($id: ID!, $input: AffiliateProgramInput!) {
    affiliateProgramUpdate(creatorId: $id, input: $input) { program { isOpen } userErrors { code path message } } }";
const APPLY: &str = "mutation($id: ID!) { affiliateApply(creatorId: $id, pitch: \"I write about ink.\") {
    affiliate { id } userErrors { code path message } } }";
const ADMIT: &str = "mutation($id: ID!) { affiliateDecide(partnershipId: $id, approve: true) {
    affiliate { id } userErrors { code path message } } }";
const LINK: &str = "mutation($input: AffiliateLinkInput!) { affiliateLinkCreate(input: $input) {
    link { token } userErrors { code path message } } }";
const SHARE: &str =
    "mutation($id: ID!, $shares: [SplitInput!]!) { offeringSplitSet(offeringId: $id, shares: $shares) {
    offering { __typename } userErrors { code path message } } }";
const YES: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitAccept(offeringId: $id, creatorId: $creator) {
    share { state } userErrors { code path message } } }";
const NO: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitDecline(offeringId: $id, creatorId: $creator) {
    share { state } userErrors { code path message } } }";
const HOLD: &str = "mutation($id: ID!, $hold: Boolean!) {
    adminPayoutHold(creatorId: $id, hold: $hold, reason: \"A report\") { userErrors { code path message } } }";

/// Somebody who earns.
pub(super) struct Payee {
    pub(super) person: Person,
    pub(super) creator: CreatorId,
    /// Their account at Stripe, once there is one.
    pub(super) account: String,
    /// While an operator holds the money: what had been sent last time we looked.
    pub(super) sent_when_held: Option<i64>,
}

impl Payee {
    pub(super) fn new(person: Person, creator: CreatorId) -> Self {
        Self { person, creator, account: String::new(), sent_when_held: None }
    }
}

/// Nora, who has a page of her own, and Ada, who was let in to recommend; and Ada's link.
pub(super) async fn partners(market: &Market, seller: &Person, creator: CreatorId) -> (Payee, Payee, String) {
    let nora = market.person("Nora").await;
    let hers = nora.opens_shop("By Nora", Priced::Free).await.creator;
    let ada = market.person("Ada").await;
    let page = ada.opens_studio("ada-writes").await.id.parse().unwrap();
    let program = json!({ "isOpen": true, "commissionBasisPoints": COMMISSION });
    seller.does(PROGRAM, json!({ "id": creator.to_string(), "input": program })).await;
    let applied = ada.does(APPLY, json!({ "id": creator.to_string() })).await;
    seller.does(ADMIT, json!({ "id": applied["affiliate"]["id"] })).await;
    let link = ada.does(LINK, json!({ "input": { "creatorId": creator.to_string() } })).await;
    (Payee::new(nora, hers), Payee::new(ada, page), text(&link["link"]["token"]))
}

impl World {
    pub(super) fn creator(&self) -> &Person {
        &self.payees[SELLER].person
    }

    pub(super) async fn shares(&self, offer: usize, points: Option<i64>) -> Answer {
        let payee = self.payees[TEACHER].creator.to_string();
        let share = |points: i64| json!({ "payee": { "id": payee }, "basisPoints": points });
        let shares: Vec<Value> = points.map(share).into_iter().collect();
        let wish = json!({ "id": self.offers[offer].id, "shares": shares });
        answer(&self.creator().asks(SHARE, wish).await.refusals())
    }

    pub(super) async fn answers_share(&self, offer: usize, yes: bool) -> Answer {
        let nora = &self.payees[TEACHER];
        let about = json!({ "id": self.offers[offer].id, "creator": nora.creator.to_string() });
        answer(&nora.person.asks(if yes { YES } else { NO }, about).await.refusals())
    }

    pub(super) async fn onboards(&mut self, payee: usize) -> Answer {
        let payee = &mut self.payees[payee];
        payee.account = payee.person.opens_account(payee.creator, Outcome::Ready).await;
        Answer::Done
    }

    pub(super) async fn holds(&mut self, payee: usize, hold: bool) -> Answer {
        let payee = &mut self.payees[payee];
        let wish = json!({ "id": payee.creator.to_string(), "hold": hold });
        let said = self.operator.asks_admin(HOLD, wish).await;
        payee.sent_when_held = hold.then(|| self.market.holds(&payee.account));
        answer(&said.refusals())
    }
}
