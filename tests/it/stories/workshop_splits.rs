//! Several teachers and whoever recommends them share what the seats of a workshop earn, as they do of a course.

use atelier::kernel::CreatorId;
use chrono::Duration;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::{CALL_OFF, Evening, MOVE, Market, Person, Priced, Studio, euros, seat_at, story, text};

const SET: &str =
    "mutation($id: ID!, $shares: [SplitInput!]!) { offeringSplitSet(offeringId: $id, shares: $shares) {
    offering { ... on Workshop { split { payee { handle } basisPoints acceptedBasisPoints state } } }
    userErrors { code path message } } }";
const ACCEPT: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitAccept(offeringId: $id, creatorId: $creator) {
    share { state acceptedBasisPoints offeringTitle offering { __typename id } } userErrors { code path message } } }";
const SPLIT: &str = "query($id: ID!) { workshop(by: { id: $id }) { split { basisPoints } } }";
const MONEY: &str = "query($id: ID!) { studio(creatorId: $id) { balance { pending { minorUnits } }
    sharedOfferings { offeringTitle basisPoints acceptedBasisPoints state }
    ledger { nodes { kind amount { minorUnits } order { number } } } } }";
const STATEMENT: &str = "query($id: ID!) { studio(creatorId: $id) { payouts { nodes { statement {
    rows { kind title orderNumber yourShare { minorUnits } amount { minorUnits } } } } } } }";
const PROGRAM: &str = "mutation($id: ID!, $input: AffiliateProgramInput!) {
    affiliateProgramUpdate(creatorId: $id, input: $input) { program { isOpen } userErrors { code path message } } }";
const APPLY: &str = "mutation($id: ID!) { affiliateApply(creatorId: $id, pitch: \"I write about ink.\") {
    affiliate { id } userErrors { code path message } } }";
const DECIDE: &str = "mutation($id: ID!) { affiliateDecide(partnershipId: $id, approve: true) {
    affiliate { id } userErrors { code path message } } }";
const LINK: &str = "mutation($input: AffiliateLinkInput!) { affiliateLinkCreate(input: $input) {
    link { url token offering { id } } userErrors { code path message } } }";
const EARNED: &str =
    "{ viewer { affiliate { commissions { nodes { amount { minorUnits } state offeringTitle } } } } }";

/// Somebody who gets a part, with a page of their own.
struct Payee {
    person: Person,
    creator: CreatorId,
}

async fn teacher(market: &Market, name: &str) -> Payee {
    let person = market.person(name).await;
    let creator = person.opens_shop(&format!("By {name}"), Priced::Euros(1000)).await.creator;
    Payee { person, creator }
}

impl Payee {
    async fn studio(&self) -> Value {
        self.person.sees(MONEY, json!({ "id": self.creator.to_string() })).await["studio"].clone()
    }

    async fn held(&self) -> i64 {
        self.studio().await["balance"]["pending"][0]["minorUnits"].as_i64().unwrap_or(0)
    }
}

/// Mira's evening at 100.00, of which Nora and Olga have parts, and which Ada recommends.
struct Scene {
    mira: Payee,
    nora: Payee,
    olga: Payee,
    ada: Payee,
    studio: Studio,
    evening: Evening,
    touch: String,
}

async fn scene(market: &Market) -> Scene {
    let (nora, olga) = (teacher(market, "Nora").await, teacher(market, "Olga").await);
    let person = market.person("Mira").await;
    let studio = person.opens_studio("mira").await;
    let evening = studio.invites("Ink", euros(10_000), 10).await;
    let mira = Payee { creator: studio.id.parse().unwrap(), person };
    let part = |payee: &Payee, points: i64| json!({ "payee": { "id": payee.creator.to_string() }, "basisPoints": points });
    let wish = json!({ "id": evening.workshop, "shares": [part(&nora, 3333), part(&olga, 2500)] });
    let set = mira.person.does(SET, wish).await;
    assert_eq!(
        set["offering"]["split"][0],
        json!({ "payee": { "handle": "nora" }, "basisPoints": 3333,
        "acceptedBasisPoints": null, "state": "INVITED" })
    );
    for payee in [&nora, &olga] {
        let answer = json!({ "id": evening.workshop, "creator": payee.creator.to_string() });
        let share = payee.person.does(ACCEPT, answer).await["share"].clone();
        assert_eq!(share["offering"], json!({ "__typename": "Workshop", "id": evening.workshop }));
        assert_eq!((&share["state"], &share["offeringTitle"]), (&json!("ACCEPTED"), &json!("Ink")));
    }
    let program = json!({ "isOpen": true, "commissionBasisPoints": 2000 });
    mira.person.does(PROGRAM, json!({ "id": studio.id, "input": program })).await;
    let writer = market.person("Ada").await;
    let ada = Payee { creator: writer.opens_studio("ada-writes").await.id.parse().unwrap(), person: writer };
    let applied = ada.person.does(APPLY, json!({ "id": studio.id })).await;
    mira.person.does(DECIDE, json!({ "id": applied["affiliate"]["id"] })).await;
    let input = json!({ "creatorId": studio.id, "offeringId": evening.workshop });
    let link = ada.person.does(LINK, json!({ "input": input })).await["link"].clone();
    assert_eq!(link["offering"]["id"], json!(evening.workshop));
    let path = text(&link["url"]).split_once("/r/").unwrap().1.to_owned();
    let led =
        market.http().get(format!("{}/r/{path}", market.url())).header("user-agent", "Firefox").send().await;
    let place = led.unwrap().headers()["location"].to_str().unwrap().to_owned();
    assert!(place.starts_with("/@mira/ink?ref="), "to the workshop's page: {place}");
    let touch = place.split("?ref=").nth(1).unwrap().to_owned();
    Scene { mira, nora, olga, ada, studio, evening, touch }
}

impl Scene {
    /// Somebody buys a seat as Ada recommended; gives the order.
    async fn sells_to(&self, person: &Person, session: &str) -> String {
        let mut input = seat_at(&self.evening.price, session);
        input["affiliateToken"] = json!(self.touch);
        text(&person.purchases(input).await["order"]["id"])
    }

    /// What is held for Mira, Nora, Olga and Ada.
    async fn held(&self) -> [i64; 4] {
        [self.mira.held().await, self.nora.held().await, self.olga.held().await, self.ada.held().await]
    }
}

story! {
    async fn a_seat_is_shared_and_given_back_to_the_cent(market) {
        let scene = scene(&market).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let order = scene.sells_to(&ben, &scene.evening.session).await;
        // 100.00 less 10.00 of fee; a fifth of 90.00 is Ada's; 72.00 in 4167, 3333 and 2500 parts.
        assert_eq!(scene.held().await, [3000, 2400, 1800, 1800]);
        let earned = scene.ada.person.sees(EARNED, json!({})).await["viewer"]["affiliate"]["commissions"]["nodes"][0].clone();
        assert_eq!(earned, json!({ "amount": { "minorUnits": 1800 }, "state": "PENDING", "offeringTitle": "Ink" }));
        let book = scene.nora.studio().await["ledger"]["nodes"][0].clone();
        assert_eq!(book, json!({ "kind": "SALE", "amount": { "minorUnits": 2400 }, "order": null }), "the buyer is Mira's");
        assert_eq!(scene.mira.person.sees(SPLIT, json!({ "id": scene.evening.workshop })).await["workshop"]["split"],
            json!([{ "basisPoints": 3333 }, { "basisPoints": 2500 }]));
        assert!(ben.sees(SPLIT, json!({ "id": scene.evening.workshop })).await["workshop"]["split"].is_null());

        // Another date costs nothing, so nothing moves; what Mira changes counts for later seats alone.
        let later = scene.studio.sets_date(&scene.evening.workshop, 12, Some(3)).await;
        ben.does(MOVE, json!({ "id": ben.seat(&scene.evening.session).await, "to": later, "key": ben.new_key() })).await;
        scene.mira.person.does(SET, json!({ "id": scene.evening.workshop, "shares": [] })).await;
        assert_eq!(scene.held().await, [3000, 2400, 1800, 1800]);
        scene.sells_to(&ann, &later).await;
        assert_eq!(scene.held().await, [3000 + 7200, 2400, 1800, 3600], "frozen on the line");

        // Some of it back, then the seat: every part ends where it began.
        scene.mira.person.gives_back(&order, Some(3333), false).await;
        market.settles().await;
        let [mira, nora, olga, ada] = scene.held().await;
        let all = 7200 + 1800 + 9000 - (mira + nora + olga + ada);
        assert!((all - 3000).abs() <= 1, "a third of the shares went back: {all}");
        ben.gives_up_seat(&later).await;
        market.settles().await;
        assert_eq!(scene.held().await, [7200, 0, 0, 1800]);
        ann.gives_up_seat(&later).await;
        market.settles().await;
        assert_eq!(scene.held().await, [0, 0, 0, 0]);
    }

    async fn what_was_sent_to_all_of_them_comes_back_when_the_date_is_called_off(market) {
        let mut scene = scene(&market).await;
        let far = scene.studio.sets_date(&scene.evening.workshop, 25, Some(3)).await;
        let mut accounts = Vec::new();
        for payee in [&scene.mira, &scene.nora, &scene.olga, &scene.ada] {
            accounts.push(payee.person.opens_account(payee.creator, Outcome::Ready).await);
        }
        let ben = market.person("Ben").await;
        scene.sells_to(&ben, &far).await;
        market.passes(Duration::days(14) + Duration::hours(2)).await;
        for payee in [&mut scene.mira, &mut scene.nora, &mut scene.olga, &mut scene.ada] {
            payee.person = payee.person.comes_back().await;
        }
        let holds = || accounts.iter().map(|account| market.holds(account)).collect::<Vec<_>>();
        assert_eq!(holds(), [3000, 2400, 1800, 1800], "sent to each");
        market.stripe().pay_out(&accounts[1], 2400, "eur").unwrap();
        market.settles().await;
        let seen = scene.nora.person.sees(STATEMENT, json!({ "id": scene.nora.creator.to_string() })).await;
        let row = &seen["studio"]["payouts"]["nodes"][0]["statement"]["rows"][0];
        assert_eq!((&row["kind"], &row["yourShare"]["minorUnits"]), (&json!("TRANSFER"), &json!(2400)), "{seen:#}");

        let mira = &scene.mira.person;
        mira.does(CALL_OFF, json!({ "id": far, "reason": "I am ill.", "key": mira.new_key() })).await;
        market.settles().await;
        assert_eq!(holds(), [0, 2400, 0, 0], "asked back from each; what Nora has at her bank she owes");
        let book = scene.nora.studio().await["ledger"]["nodes"].clone();
        assert_eq!(book[0], json!({ "kind": "REFUND", "amount": { "minorUnits": -2400 }, "order": null }));
        assert_eq!(scene.held().await, [0, 0, 0, 0]);
    }

    async fn what_is_not_taught_has_no_parts(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (one, two) = (studio.sells("Ink", euros(2000)).await, studio.sells("Clay", euros(2000)).await);
        let both = mira.bundles(&studio.id, "Both", &[one.course, two.course]).await;
        let nora = teacher(&market, "Nora").await;
        let shares = json!([{ "payee": { "id": nora.creator.to_string() }, "basisPoints": 100 }]);
        let refused = mira.is_refused(SET, json!({ "id": both, "shares": shares })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ALLOWED", "offeringId"));
        let theirs = nora.person.is_refused(SET, json!({ "id": both, "shares": [] })).await;
        assert_eq!(theirs[0].code, "NOT_FOUND");
    }
}
