//! One thing, paid for twice: alone, and in a bundle that was bought or given. What becomes of it as the payments go and
//! come back.

use atelier::enrollment;
use atelier::kernel::EnrollmentId;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Kind, Market, Person, REDEEM, basket, euros, play, story, text};

const OWNED: &str = "{ viewer { library { nodes { source state } } } }";
/// How often two go at the same moment.
const ROUNDS: usize = 8;

/// Mira sells Ink for 40.00, and a bundle of Ink and Clay for 50.00.
struct Stall {
    market: Market,
    mira: Person,
    ink: String,
    both: String,
}

impl Stall {
    async fn of(market: &Market) -> Self {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let items = [ink.course.clone(), clay.course.clone()];
        let (_, both) = mira.sells_bundle(&studio.id, "Both", &items, euros(5000)).await;
        Self { market: market.clone(), mira, ink: ink.price, both }
    }

    /// Buys Ink; gives the order.
    async fn ink_for(&self, who: &Person) -> String {
        text(&who.purchases(basket(&[&self.ink])).await["order"]["id"])
    }

    /// Ben gives them both, and they redeem it; gives Ben's order.
    async fn both_given_to(&self, who: &Person) -> String {
        let order = self.market.person("Ben").await.gives(&[&self.both], "friend@example.org").await;
        self.market.settles().await;
        who.does(REDEEM, json!({ "code": self.market.gift_code("friend@example.org") })).await;
        order
    }

    /// Everything of an order, or a part, goes back, and access with it.
    async fn gives_back(&self, order: &str, amount: Option<i64>) {
        self.mira.gives_back(order, amount, true).await;
        self.market.settles().await;
    }

    /// The bank asks back the payment of so much.
    async fn is_disputed(&self, amount: i64) -> String {
        self.market.settles().await;
        let charges = self.market.stripe().objects("charge");
        let charge = charges.iter().find(|charge| charge["amount"] == amount).unwrap();
        let dispute = self.market.stripe().dispute(charge["id"].as_str().unwrap(), None).unwrap();
        self.market.settles().await;
        text(&dispute["id"])
    }

    async fn is_won(&self, dispute: &str) {
        self.market.stripe().close_dispute(dispute, true).unwrap();
        self.market.settles().await;
        assert_eq!(self.market.db_open_cases().await, Vec::<String>::new(), "nobody has to look at it");
    }
}

/// How they have what they have.
async fn owned(who: &Person) -> Vec<String> {
    let library = who.sees(OWNED, json!({})).await;
    let rights = library["viewer"]["library"]["nodes"].as_array().unwrap().clone();
    let active = rights.iter().filter(|right| right["state"] == "ACTIVE");
    let mut sources: Vec<_> = active.map(|right| text(&right["source"])).collect();
    sources.sort();
    sources
}

story! {
    async fn what_a_paid_bundle_holds_too_stays_when_it_is_given_back_alone(market) {
        let stall = Stall::of(&market).await;
        let ben = market.person("Ben").await;
        let alone = stall.ink_for(&ben).await;
        let both = text(&ben.purchases(basket(&[&stall.both])).await["order"]["id"]);
        stall.gives_back(&alone, None).await;
        assert_eq!(owned(&ben).await, ["BUNDLE", "BUNDLE"], "he has paid for it in the bundle");
        stall.gives_back(&both, None).await;
        assert!(owned(&ben).await.is_empty());
    }

    async fn what_a_gift_holds_too_stays_when_it_is_given_back_alone(market) {
        let stall = Stall::of(&market).await;
        let ann = market.person("Ann").await;
        let alone = stall.ink_for(&ann).await;
        let gift = stall.both_given_to(&ann).await;
        stall.gives_back(&alone, None).await;
        assert_eq!(owned(&ann).await, ["GIFT", "GIFT"], "it was given to her too");
        stall.gives_back(&gift, None).await;
        assert!(owned(&ann).await.is_empty());
    }

    async fn access_that_was_ended_with_half_of_the_money_is_no_reason_to_keep_it(market) {
        let stall = Stall::of(&market).await;
        let ann = market.person("Ann").await;
        let alone = stall.ink_for(&ann).await;
        let gift = stall.both_given_to(&ann).await;
        stall.gives_back(&alone, Some(2000)).await;
        assert_eq!(owned(&ann).await, ["GIFT", "GIFT"], "it was given to her too");
        stall.gives_back(&gift, None).await;
        assert!(owned(&ann).await.is_empty(), "the rest of what she paid was not for keeping it");
    }

    async fn who_wins_back_the_first_of_two_payments_has_what_it_paid_for(market) {
        let stall = Stall::of(&market).await;
        let ann = market.person("Ann").await;
        stall.ink_for(&ann).await;
        let gift = stall.both_given_to(&ann).await;
        let dispute = stall.is_disputed(4000).await;
        assert_eq!(owned(&ann).await, ["GIFT", "GIFT"], "what was given to her stays");
        stall.gives_back(&gift, None).await;
        assert!(owned(&ann).await.is_empty());
        stall.is_won(&dispute).await;
        assert_eq!(owned(&ann).await, ["PURCHASE"], "she paid, and the money stayed");
    }

    async fn a_payment_in_doubt_gives_its_right_once_the_bank_has_decided(market) {
        let stall = Stall::of(&market).await;
        let ann = market.person("Ann").await;
        let alone = stall.ink_for(&ann).await;
        stall.both_given_to(&ann).await;
        let dispute = stall.is_disputed(5000).await;
        assert_eq!(owned(&ann).await, ["PURCHASE"], "what was given to her is in doubt, what she bought is not");
        stall.gives_back(&alone, None).await;
        assert!(owned(&ann).await.is_empty());
        stall.is_won(&dispute).await;
        assert_eq!(owned(&ann).await, ["GIFT", "GIFT"], "the gift holds Ink too");
    }

    async fn two_payments_that_go_at_the_same_moment_take_it(market) {
        let stall = Stall::of(&market).await;
        for round in 0..ROUNDS {
            let ben = market.person(&format!("Ben {round}")).await;
            let orders = [
                stall.ink_for(&ben).await,
                text(&ben.purchases(basket(&[&stall.both])).await["order"]["id"]),
            ];
            market.settles().await;
            join_all(orders.iter().map(|order| stall.mira.gives_back(order, None, true))).await;
            join_all([market.settles(), market.settles(), market.settles()]).await;
            assert!(owned(&ben).await.is_empty(), "round {round}");
        }
    }
}

/// Ben paid twice and got the money for Ink back: it stays by the bundle. The stall, Ben, his order of the bundle, and the right.
async fn ink_by_the_bundle(market: &Market) -> (Stall, Person, String, EnrollmentId) {
    let stall = Stall::of(market).await;
    let ben = market.person("Ben").await;
    let alone = stall.ink_for(&ben).await;
    let both = text(&ben.purchases(basket(&[&stall.both])).await["order"]["id"]);
    stall.gives_back(&alone, None).await;
    let library = ben.sees("{ viewer { library { nodes { id } } } }", json!({})).await;
    let oldest = library["viewer"]["library"]["nodes"][1]["id"].as_str().unwrap().parse().unwrap();
    (stall, ben, both, oldest)
}

/// What is left where two payments go, and neither hears of the other.
async fn it_outlives_both(market: Market) {
    let (stall, _, both, right) = ink_by_the_bundle(&market).await;
    stall.gives_back(&both, None).await;
    let mut tx = market.app().begin().await.unwrap();
    assert!(enrollment::actions::restore(&mut tx, right).await.unwrap());
    tx.commit().await.unwrap();
}

/// What is left where it goes with one payment that does not hear of the other.
async fn it_goes_with_the_first(market: Market) {
    let (_, ben, _, right) = ink_by_the_bundle(&market).await;
    assert!(ben.db_loses(right).await);
}

#[test]
#[should_panic(expected = "no_right_rests_on_what_was_given_back")]
fn a_right_that_outlives_both_payments_is_found_out() {
    play(Kind::Sqlite, it_outlives_both);
}

#[test]
#[should_panic(expected = "who_paid_has_it")]
fn a_payment_that_gives_nothing_is_found_out() {
    play(Kind::Sqlite, it_goes_with_the_first);
}
