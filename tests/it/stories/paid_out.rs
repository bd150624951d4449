//! A creator's money from their balance at Stripe to their bank, and the statement that explains it.

use std::process::Command;

use atelier::kernel::CreatorId;
use chrono::Duration;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::{Market, Person, Priced, Shop, story};

const SCHEDULE: &str = "mutation($id: ID!, $schedule: PayoutScheduleInput!) {
    payoutScheduleUpdate(creatorId: $id, schedule: $schedule) { payoutAccount { schedule { interval minimum { minorUnits } } }
    userErrors { code path message } } }";
const REQUEST: &str = "mutation($id: ID!, $amount: MoneyInput!, $key: UUID!) {
    payoutRequest(creatorId: $id, amount: $amount, idempotencyKey: $key) { payout { id state amount { minorUnits } }
    userErrors { code path message } } }";
const MONEY: &str = "query($id: ID!) { studio(creatorId: $id) { statementsUrl
    balance { available { minorUnits } pending { minorUnits } nextPayoutOn forecast { on amounts { minorUnits } }
        holds { amount { minorUnits } reason until action order { number } } }
    payoutAccount { state deadline disabledReason schedule { interval } }
    payouts { nodes { id state amount { minorUnits } arrivesOn failure isAutomatic
        entries { nodes { kind amount { minorUnits } payout { state } } }
        statement { number previousHash hash openingBalance { minorUnits } closingBalance { minorUnits }
            rows { kind orderNumber title gross { minorUnits } tax { minorUnits } platformFee { minorUnits }
                yourShare { minorUnits } refunded { minorUnits } amount { minorUnits } balance { minorUnits } } } } } } }";

async fn money(person: &Person, creator: CreatorId) -> Value {
    person.comes_back().await.sees(MONEY, json!({ "id": creator.to_string() })).await["studio"].clone()
}

fn euros(minor: i64) -> Value {
    json!({ "minorUnits": minor, "currency": "EUR" })
}

/// Mira with one sale of 49.00 whose share is at Stripe.
async fn sold(market: &Market, title: &str) -> (Person, Shop, String) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop(title, Priced::Euros(4900)).await;
    let account = mira.opens_account(shop.creator, Outcome::Ready).await;
    market.person("Ben").await.buys(&shop).await;
    market.passes(Duration::days(14) + Duration::hours(2)).await;
    assert_eq!(market.holds(&account), 4410);
    (mira.comes_back().await, shop, account)
}

/// Downloads the statements and checks them with the script that the documents give to creators.
async fn checks(market: &Market, url: &str, change: impl Fn(String) -> String) -> (bool, String) {
    let answer = market.http().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("statements.csv");
    let csv = answer.text().await.unwrap();
    std::fs::write(&file, change(csv)).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify_statements.py");
    let ran = Command::new("python3").arg(script).arg(&file).output().unwrap();
    (ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned())
}

story! {
    async fn money_reaches_the_bank_by_itself_and_is_explained(market) {
        let (mira, shop, _) = sold(&market, "=Ink, \"neat\"").await;
        let id = shop.creator.to_string();
        let set = mira.does(SCHEDULE, json!({ "id": id, "schedule": { "interval": "WEEKLY" } })).await;
        assert_eq!(set["payoutAccount"]["schedule"]["interval"], "WEEKLY");
        let before = money(&mira, shop.creator).await;
        assert_eq!(before["balance"]["available"], json!([{ "minorUnits": 4410 }]));
        assert_eq!(before["balance"]["forecast"]["amounts"], json!([{ "minorUnits": 4410 }]));
        assert_eq!(before["balance"]["nextPayoutOn"], before["balance"]["forecast"]["on"]);

        market.passes(Duration::days(7)).await;
        market.passes(Duration::days(2)).await;
        let after = money(&mira, shop.creator).await;
        let payout = &after["payouts"]["nodes"][0];
        assert_eq!((&payout["state"], &payout["isAutomatic"]), (&json!("PAID"), &json!(true)));
        let line = json!({ "kind": "PAYOUT", "amount": { "minorUnits": -4410 }, "payout": { "state": "PAID" } });
        assert_eq!(payout["entries"]["nodes"], json!([line]), "each leads to the other");
        assert_eq!(after["balance"]["available"], json!([]));
        let statement = &payout["statement"];
        assert_eq!((&statement["number"], &statement["closingBalance"]["minorUnits"]), (&json!(1), &json!(0)));
        let row = &statement["rows"][0];
        assert_eq!(row["kind"], "TRANSFER");
        assert_eq!(row["gross"]["minorUnits"], 4900);
        assert_eq!(row["platformFee"]["minorUnits"], 490);
        assert_eq!(row["yourShare"]["minorUnits"], 4410);
        assert_eq!(row["title"], "'=Ink, \"neat\"");
        assert_eq!(statement["rows"][1]["kind"], "PAYOUT");
        let letters = market.mail().messages(Some("mira@example.com"));
        assert_eq!(letters.iter().filter(|letter| letter.subject.contains("Your payout of €44.10")).count(), 1);
    }

    async fn a_creator_checks_their_statements_with_the_script(market) {
        let (mira, shop, account) = sold(&market, "Ink").await;
        market.stripe().pay_out(&account, 2000, "eur").unwrap();
        market.settles().await;
        market.stripe().pay_out(&account, 2410, "eur").unwrap();
        market.settles().await;
        let now = money(&mira, shop.creator).await;
        let url = now["statementsUrl"].as_str().unwrap();
        let (holds, said) = checks(&market, url, |csv| csv).await;
        assert!(holds && said.starts_with("2 statements: every seal holds"), "{said}");
        assert!(said.contains(now["payouts"]["nodes"][0]["statement"]["hash"].as_str().unwrap()));
        for (from, to) in [("44.10", "54.10"), ("Ink", "Oil"), ("\n1,1,TRANSFER", "\n1,2,TRANSFER")] {
            let (holds, said) = checks(&market, url, |csv| csv.replace(from, to)).await;
            assert!(!holds && said.starts_with("WRONG"), "{from} became {to} unseen: {said}");
        }
        let forged = url.replace("until=", "until=9");
        assert_eq!(market.http().get(&forged).send().await.unwrap().status(), 404);
        market.passes(Duration::minutes(16)).await;
        assert_eq!(market.http().get(url).send().await.unwrap().status(), 404, "too old");
    }

    async fn a_creator_asks_for_their_money(market) {
        let (mira, shop, _) = sold(&market, "Ink").await;
        let wish = json!({ "id": shop.creator.to_string(), "amount": euros(1410), "key": mira.new_key() });
        let first = mira.does(REQUEST, wish.clone()).await;
        let again = mira.does(REQUEST, wish.clone()).await;
        assert_eq!(first["payout"]["id"], again["payout"]["id"]);
        assert_eq!(first["payout"]["state"], "PENDING");
        let mut other = wish;
        other["amount"] = euros(1);
        assert_eq!(mira.is_refused(REQUEST, other).await[0].code, "IDEMPOTENCY_KEY_REUSED");
        let much = json!({ "id": shop.creator.to_string(), "amount": euros(3001), "key": mira.new_key() });
        let refused = mira.is_refused(REQUEST, much).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INSUFFICIENT_BALANCE", "amount"));
        market.passes(Duration::days(3)).await;
        let now = money(&mira, shop.creator).await;
        assert_eq!(now["payouts"]["nodes"][0]["state"], "PAID");
        assert_eq!(now["balance"]["available"], json!([{ "minorUnits": 3000 }]));
        assert_eq!(market.stripe().objects("payout").len(), 1);
    }

    async fn an_answer_lost_on_the_way_pays_out_once(market) {
        let (mira, shop, _) = sold(&market, "Ink").await;
        let faults = json!([{ "operation": "POST /v1/payouts", "kind": "reset_after_commit", "times": 10 },
            { "event": "payout.created", "kind": "lost" }]);
        market.stripe().set_faults(serde_json::from_value(faults).unwrap(), 1).unwrap();
        let wish = json!({ "id": shop.creator.to_string(), "amount": euros(4410), "key": mira.new_key() });
        assert_eq!(mira.is_refused(REQUEST, wish.clone()).await[0].code, "PAYMENT_PROVIDER_UNAVAILABLE");
        market.stripe().set_faults(Vec::new(), 1).unwrap();
        market.passes(Duration::minutes(12)).await;
        let mira = mira.comes_back().await;
        assert_eq!(mira.does(REQUEST, wish).await["payout"]["amount"]["minorUnits"], 4410);
        assert_eq!(market.stripe().objects("payout").len(), 1);
    }

    async fn a_payout_that_comes_back_is_the_creators_again(market) {
        let (mira, shop, account) = sold(&market, "Ink").await;
        let payout = market.stripe().pay_out(&account, 4410, "eur").unwrap();
        market.settles().await;
        market.stripe().fail_payout(payout["id"].as_str().unwrap()).unwrap();
        market.settles().await;
        let now = money(&mira, shop.creator).await;
        assert_eq!(now["payouts"]["nodes"][0]["state"], "FAILED");
        assert_eq!(now["balance"]["available"], json!([{ "minorUnits": 4410 }]));
        let letters = market.mail().messages(Some("mira@example.com"));
        assert!(letters.iter().any(|letter| letter.text.contains("The bank account has been closed")));

        market.stripe().pay_out(&account, 4410, "eur").unwrap();
        market.settles().await;
        let now = money(&mira, shop.creator).await;
        let statement = &now["payouts"]["nodes"][0]["statement"];
        assert_eq!((&statement["number"], &statement["rows"][0]["kind"]), (&json!(2), &json!("PAYOUT_RETURNED")));
        assert_eq!(statement["previousHash"], now["payouts"]["nodes"][1]["statement"]["hash"]);
    }

    async fn waiting_money_says_why_until_when_and_what_to_do(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        market.person("Ben").await.buys(&shop).await;
        let held = money(&mira, shop.creator).await["balance"]["holds"].clone();
        assert_eq!((&held[0]["reason"], &held[0]["amount"]["minorUnits"]), (&json!("REFUND_WINDOW"), &json!(4410)));
        assert!(held[0]["until"].is_string() && held[0]["action"].is_null() && held[0]["order"]["number"].is_string());
        market.passes(Duration::days(15)).await;
        let due = money(&mira, shop.creator).await["balance"]["holds"].clone();
        assert_eq!(due[0]["reason"], "ACCOUNT_INCOMPLETE");
        assert!(due[0]["action"].as_str().unwrap().contains("payoutAccountLinkCreate"));
        let mira = mira.comes_back().await;
        let account = mira.opens_account(shop.creator, Outcome::Restricted).await;
        assert_eq!(market.holds(&account), 0);
        let letters = market.mail().messages(Some("mira@example.com"));
        assert!(letters.iter().any(|letter| letter.subject.contains("needs something from you")));
        market.stripe().onboard(&account, Outcome::Ready).unwrap();
        market.settles().await;
        assert_eq!(market.holds(&account), 4410);
        assert_eq!(money(&mira, shop.creator).await["balance"]["holds"], json!([]));
    }

    async fn asking_for_money_has_its_conditions(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let id = shop.creator.to_string();
        let wish = |amount: i64| json!({ "id": id, "amount": euros(amount), "key": mira.new_key() });
        assert_eq!(mira.is_refused(REQUEST, wish(100)).await[0].code, "PAYOUT_ACCOUNT_INCOMPLETE");
        assert_eq!(mira.is_refused(REQUEST, wish(0)).await[0].path, "amount");
        let minimum = json!({ "id": id, "schedule": { "interval": "DAILY", "minimum": euros(5000) } });
        assert_eq!(mira.is_refused(SCHEDULE, minimum).await[0].code, "NOT_ALLOWED");
        let plain = json!({ "id": id, "schedule": { "interval": "DAILY" } });
        assert_eq!(mira.is_refused(SCHEDULE, plain.clone()).await[0].code, "PAYOUT_ACCOUNT_INCOMPLETE");
        let ben = market.person("Ben").await;
        assert_eq!(ben.is_refused(REQUEST, wish(100)).await[0].code, "NOT_FOUND");
        assert_eq!(ben.is_refused(SCHEDULE, plain).await[0].code, "NOT_FOUND");
    }

    async fn the_platforms_own_payouts_are_booked_and_exactly_undone(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(3)).await;
        let payout = market.stripe().pay_out_ours(400, "eur").unwrap();
        let id = payout["id"].as_str().unwrap();
        market.passes(Duration::days(3)).await;
        let is_booked = async |kind: &str| {
            atelier::payments::store::is_booked(market.app().db.read(), kind, id).await.unwrap()
        };
        assert!(is_booked("PLATFORM_PAYOUT").await && !is_booked("PLATFORM_PAYOUT_FAILED").await);
        market.stripe().fail_payout(id).unwrap();
        market.settles().await;
        assert!(is_booked("PLATFORM_PAYOUT_FAILED").await);
    }
}
