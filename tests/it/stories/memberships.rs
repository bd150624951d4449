//! Memberships over months: joining, renewals, trials, endings, refused cards and what they open.

use std::collections::BTreeSet;

use atelier::reconciliation::actions::reconcile;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{
    Club, MEMBERSHIP_CANCEL, MEMBERSHIP_RESUME, PLAN_UPDATE, Person, Priced, SYNC, story, text,
};

const ORDERS: &str = "{ viewer { orders { nodes { id status receiptUrl invoiceUrl total { minorUnits } lines { titleAtPurchase } } } } }";
const BOOK: &str = "query($id: ID!) { studio(creatorId: $id) { balance { pending { minorUnits } }
    ledger { nodes { kind amount { minorUnits } } } } }";
const PORTAL: &str = "mutation { billingPortalSessionCreate(returnUrl: \"https://example.com/account\") {
    url userErrors { code path message } } }";

async fn orders(person: &Person) -> Vec<Value> {
    person.sees(ORDERS, json!({})).await["viewer"]["orders"]["nodes"].as_array().unwrap().clone()
}

async fn sales(owner: &Person, club: &Club) -> usize {
    let book = owner.sees(BOOK, json!({ "id": club.shop.creator.to_string() })).await;
    let lines = book["studio"]["ledger"]["nodes"].as_array().unwrap().clone();
    lines.iter().filter(|line| line["kind"] == "SALE").count()
}

fn subjects(person: &Person) -> Vec<String> {
    let letters = person.market.mail().messages(Some(&person.email));
    letters.into_iter().map(|letter| letter.subject).collect()
}

story! {
    async fn a_follower_joins_and_each_month_is_a_sale_of_its_own(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        assert_eq!(ben.access_to_course(&club).await, "NEEDS_PURCHASE");

        let quote = ben.asks_price(club.price).await;
        assert_eq!(quote["total"]["minorUnits"], 900);
        assert_eq!(quote["purchaseOptions"], json!(["HOSTED_PAGE"]));
        let terms = quote["requiredConsents"][0]["text"]["plain"].as_str().unwrap();
        assert!(terms.contains("renews by itself"), "{terms}");
        ben.joins(&club).await;
        let membership = ben.membership(&club).await;
        assert_eq!((&membership["state"], &membership["source"]), (&json!("ACTIVE"), &json!("MEMBERSHIP")));
        assert!(membership["renewsAt"].is_string());
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        assert_eq!(sales(&mira, &club).await, 1);

        market.passes(Duration::days(35)).await;
        market.passes(Duration::days(31)).await;
        let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
        let paid = orders(&ben).await;
        assert_eq!(paid.len(), 3, "{paid:#?}");
        assert!(paid.iter().all(|order| order["status"] == "PAID" && order["total"]["minorUnits"] == 900));
        let pages: BTreeSet<_> = paid.iter().map(|order| text(&order["invoiceUrl"])).collect();
        assert_eq!(pages.len(), 3, "each month has an invoice of its own: {pages:?}");
        assert!(paid.iter().all(|order| order["receiptUrl"].is_string()));
        assert_eq!(sales(&mira, &club).await, 3);
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        assert_eq!(ben.membership(&club).await["state"], "ACTIVE");
        assert_eq!(subjects(&ben).iter().filter(|subject| subject.contains("receipt")).count(), 3);
    }

    async fn the_buyer_who_asks_first_is_served_first(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let (session, checkout) = ben.goes_to_join(&club).await;
        market.stripe().pay(&session, "4242424242424242").unwrap();
        let synced = ben.does(SYNC, json!({ "id": checkout })).await;
        assert_eq!(synced["checkout"]["status"], "SUCCEEDED", "{synced:#}");
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        market.settles().await;
        assert_eq!(sales(&mira, &club).await, 1);
    }

    async fn a_trial_costs_nothing_is_announced_and_then_paid(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(Some(14)).await;
        let ben = market.person("Ben").await;
        assert_eq!(ben.asks_price(club.price).await["total"]["minorUnits"], 0);
        ben.joins(&club).await;
        assert_eq!(ben.membership(&club).await["state"], "ACTIVE");
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        assert_eq!(sales(&mira, &club).await, 0);

        market.passes(Duration::days(12)).await;
        assert!(subjects(&ben).iter().any(|subject| subject.starts_with("Your trial of Ink Club ends")));
        market.passes(Duration::days(3)).await;
        let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
        assert_eq!(sales(&mira, &club).await, 1);
        let totals: Vec<_> = orders(&ben).await.iter().map(|order| order["total"]["minorUnits"].clone()).collect();
        assert_eq!(totals, [900, 0]);
    }

    async fn a_trial_that_is_ended_is_never_charged(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(Some(14)).await;
        let ben = market.person("Ben").await;
        let id = ben.joins(&club).await;
        ben.does(MEMBERSHIP_CANCEL, json!({ "id": id })).await;
        market.passes(Duration::days(40)).await;
        let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
        assert_eq!(sales(&mira, &club).await, 0);
        assert_eq!(ben.membership(&club).await["state"], "EXPIRED");
        assert_eq!(ben.access_to_course(&club).await, "EXPIRED");
        assert_eq!(ben.asks_price(club.price).await["total"]["minorUnits"], 900, "one person has one trial");
        assert_eq!(market.person("Eve").await.asks_price(club.price).await["total"]["minorUnits"], 0);
    }

    async fn an_ending_keeps_what_is_paid_and_can_be_taken_back(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let id = ben.joins(&club).await;
        let ending = ben.does(MEMBERSHIP_CANCEL, json!({ "id": id })).await;
        let right = &ending["enrollment"];
        assert_eq!((&right["cancelAtPeriodEnd"], &right["renewsAt"]), (&json!(true), &Value::Null));
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        let again = ben.does(MEMBERSHIP_RESUME, json!({ "id": id })).await;
        assert_eq!(again["enrollment"]["cancelAtPeriodEnd"], false);
        ben.does(MEMBERSHIP_CANCEL, json!({ "id": id })).await;

        market.passes(Duration::days(27)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        market.passes(Duration::days(5)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.access_to_course(&club).await, "EXPIRED");
        assert_eq!(ben.membership(&club).await["state"], "EXPIRED");
        assert_eq!(orders(&ben).await.len(), 1);
        assert!(subjects(&ben).iter().any(|subject| subject == "Your membership Ink Club has ended"));
        let late = ben.is_refused(MEMBERSHIP_RESUME, json!({ "id": id })).await;
        assert_eq!(late[0].code, "INVALID_STATE");

        // Whoever left may come back: the same right begins again.
        assert_eq!(ben.joins(&club).await, id);
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
    }

    async fn ending_at_once_closes_at_once(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let id = ben.joins(&club).await;
        let over = ben.does(MEMBERSHIP_CANCEL, json!({ "id": id, "now": true })).await;
        assert_eq!(over["enrollment"]["state"], "EXPIRED");
        assert_eq!(ben.access_to_course(&club).await, "EXPIRED");
        market.passes(Duration::days(40)).await;
        assert_eq!(orders(&ben.comes_back().await).await.len(), 1);
    }

    async fn a_refused_card_keeps_access_for_a_week_and_then_ends(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        ben.changes_card("4000000000000341");
        market.passes(Duration::days(32)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.membership(&club).await["state"], "PAST_DUE");
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        assert!(subjects(&ben).iter().any(|subject| subject == "Your payment for Ink Club failed"));
        market.passes(Duration::days(4)).await;
        assert_eq!(ben.comes_back().await.access_to_course(&club).await, "OPEN");
        market.passes(Duration::days(4)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.membership(&club).await["state"], "EXPIRED");
        assert_eq!(ben.access_to_course(&club).await, "EXPIRED");
        assert_eq!(orders(&ben).await.len(), 1);
    }

    async fn a_new_card_in_time_recovers(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        ben.changes_card("4000000000000341");
        market.passes(Duration::days(32)).await;
        let portal = ben.comes_back().await.does(PORTAL, json!({})).await;
        assert!(portal["url"].as_str().unwrap().contains("/portal/"));
        ben.changes_card("5555555555554444");
        market.passes(Duration::days(4)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.membership(&club).await["state"], "ACTIVE");
        assert_eq!(orders(&ben).await.len(), 2);
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
    }

    async fn what_is_published_later_opens_to_members_too(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        let later = mira.publishes(club.shop.creator, "Gold Leaf", Priced::Euros(2000)).await;
        market.settles().await;
        let other = Club { shop: later, ..club.clone() };
        assert_eq!(ben.access_to_course(&other).await, "OPEN");

        // What a plan no longer names stays open until what is paid is over.
        let input = json!({ "includedOfferingIds": [other.shop.course.to_string()] });
        mira.does(PLAN_UPDATE, json!({ "id": club.plan, "input": input })).await;
        market.settles().await;
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        market.passes(Duration::days(40)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.access_to_course(&club).await, "EXPIRED");
        assert_eq!(ben.access_to_course(&other).await, "OPEN");
    }

    async fn a_member_may_buy_what_is_lent_and_keeps_it(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let id = ben.joins(&club).await;
        ben.buys(&club.shop).await;
        ben.does(MEMBERSHIP_CANCEL, json!({ "id": id, "now": true })).await;
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
    }

    async fn a_new_price_does_not_touch_who_is_a_member(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        let amount = json!({ "minorUnits": 1900, "currency": "EUR" });
        mira.asks_for(&club.plan, json!({ "recurring": { "amount": amount, "interval": "MONTH" } })).await;
        mira.withdraws(club.price).await;
        market.passes(Duration::days(33)).await;
        let totals: Vec<_> =
            orders(&ben.comes_back().await).await.iter().map(|order| order["total"]["minorUnits"].clone()).collect();
        assert_eq!(totals, [900, 900]);
    }

    async fn who_gets_the_running_month_back_is_shut_out(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        market.passes(Duration::days(35)).await;
        let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
        let months: Vec<String> = orders(&ben).await.iter().map(|order| text(&order["id"])).collect();
        mira.gives_back(&months[1], None, true).await;
        market.settles().await;
        assert_eq!(ben.access_to_course(&club).await, "OPEN", "the older month is not what keeps it open");
        mira.gives_back(&months[0], None, true).await;
        market.settles().await;
        assert_eq!(ben.membership(&club).await["state"], "REVOKED");
        assert_eq!(ben.access_to_course(&club).await, "EXPIRED");
        market.passes(Duration::days(31)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.membership(&club).await["state"], "ACTIVE");
        assert_eq!(ben.access_to_course(&club).await, "OPEN", "another month is paid");
    }

    async fn stripe_and_the_book_agree_on_every_month(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(Some(14)).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        market.passes(Duration::days(15)).await;
        market.passes(Duration::days(31)).await;
        market.passes(Duration::hours(2)).await;
        assert_eq!(reconcile(market.app()).await.unwrap().differences, 0);
        assert_eq!(market.db_count("stripe_movements").await, 2);
        assert_eq!(market.db_cases().await, Vec::<String>::new());
    }

    async fn lost_events_are_made_up_for(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        let lost = json!({ "event": "*", "kind": "lost", "times": 500 });
        market.stripe().set_faults(vec![serde_json::from_value(lost).unwrap()], 7).unwrap();
        market.passes(Duration::days(31)).await;
        market.passes(Duration::hours(3)).await;
        assert_eq!(orders(&ben.comes_back().await).await.len(), 2);
    }
}
