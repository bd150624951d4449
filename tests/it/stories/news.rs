//! What happens, told while it happens: to a person what is theirs, to a team what their roles let them see.

use atelier::creators::TeamRole;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{
    CANCEL, Heard, Live, Market, Person, Priced, REFRESH, SHEET, Studio, WAIT, euros, full_evening, story,
    text,
};

const OWN: &str = "subscription { viewerEvents { __typename
    ... on CheckoutChanged { checkout { id status order { status } } }
    ... on SeatOffered { entry { id offeredUntil } }
    ... on SessionRevoked { reason } } }";
const TEAM: &str = "subscription($id: ID!) { studioEvents(creatorId: $id) { __typename
    ... on SaleMade { order { id status buyer { displayName } } }
    ... on RefundRequested { refundRequest { id status order { id } } }
    ... on AssetChanged { asset { id state } }
    ... on SeatTaken { session { id seats { seatsLeft } } } } }";
const SIGN_OUT: &str = "mutation($all: Boolean) { authSignOut(allDevices: $all) { revokedSessionCount userErrors { code path message } } }";
const SESSIONS: &str = "{ viewer { sessions { id isCurrent } } }";
const REVOKE: &str =
    "mutation($id: ID!) { authSessionRevoke(sessionId: $id) { revokedId userErrors { code path message } } }";
const NEW_PASSWORD: &str = "mutation($current: String!, $new: String!) {
    authPasswordChange(currentPassword: $current, newPassword: $new) { changed userErrors { code path message } } }";
const DONE: &str = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
    asset { id state } userErrors { code path message } } }";
const ABORT: &str =
    "mutation($id: ID!) { assetUploadAbort(uploadId: $id) { abortedId userErrors { code path message } } }";

async fn own(person: &Person) -> Live {
    person.follows(OWN, json!({})).await
}

async fn team(person: &Person, creator: &str) -> Live {
    person.follows(TEAM, json!({ "id": creator })).await
}

async fn next(live: &mut Live) -> Value {
    let told = live.next().await;
    [&told["viewerEvents"], &told["studioEvents"]].into_iter().find(|one| !one.is_null()).unwrap().clone()
}

/// Listens until something is told for which this holds; gives everything that was told, and that last.
async fn until(live: &mut Live, is_it: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut told = vec![next(live).await];
    while !is_it(&told[told.len() - 1]) {
        told.push(next(live).await);
    }
    told
}

async fn until_checkout(live: &mut Live, id: &str, status: &str) -> Vec<Value> {
    until(live, |told| told["checkout"]["id"] == id && told["checkout"]["status"] == status).await
}

async fn until_seats_left(live: &mut Live, session: &str, left: i64) -> Vec<Value> {
    until(live, |told| told["session"]["id"] == session && told["session"]["seats"]["seatsLeft"] == left)
        .await
}

async fn until_file(live: &mut Live, id: &str, state: &str) -> Vec<Value> {
    until(live, |told| told["asset"]["id"] == id && told["asset"]["state"] == state).await
}

/// The last thing that is told, and the end.
async fn last_words(live: &mut Live) -> Value {
    let told = next(live).await;
    assert_eq!(told["__typename"], "SessionRevoked", "{told}");
    assert_eq!(live.hears().await, Heard::Complete);
    told["reason"].clone()
}

/// The end of what is told, whatever comes before it.
async fn end(live: &mut Live) -> Heard {
    loop {
        match live.hears().await {
            Heard::Next(_) => {}
            end => return end,
        }
    }
}

fn refused(code: &str) -> Heard {
    Heard::Error(code.into())
}

/// The same person on another device.
async fn signs_in_again(person: &Person) -> Person {
    let there = person.elsewhere();
    there.signs_in().await;
    there
}

async fn evening(market: &Market) -> (Studio, crate::support::Evening) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let evening = studio.invites("Ink", euros(2000), 1).await;
    (studio, evening)
}

story! {
    async fn a_buyer_is_told_of_their_own_payments_and_of_nobody_elses(market) {
        let shop = market.person("Mira").await.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        let (mut bens, mut eves) = (own(&ben).await, own(&eve).await);
        let purchase = ben.goes_to_pay(&shop).await;
        until_checkout(&mut bens, &purchase.checkout, "OPEN").await;
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        market.settles().await;
        let paid = until_checkout(&mut bens, &purchase.checkout, "SUCCEEDED").await;
        assert_eq!(paid[paid.len() - 1]["checkout"]["order"]["status"], "PAID", "read anew");

        let second = eve.goes_to_pay(&shop).await;
        eve.does(CANCEL, json!({ "id": second.checkout })).await;
        let heard = until_checkout(&mut eves, &second.checkout, "CANCELLED").await;
        assert!(heard.iter().all(|told| told["checkout"]["id"] == second.checkout.as_str()), "{heard:?}");
        assert_eq!(own(&market.stranger("Nobody")).await.hears().await, refused("UNAUTHENTICATED"));
    }

    async fn who_waits_is_told_of_the_seat_that_is_kept_for_them(market) {
        let (_, evening) = evening(&market).await;
        let (zoe, ben, ann) = (market.person("Zoe").await, market.person("Ben").await, market.person("Ann").await);
        zoe.buys_seat(&evening).await;
        let entry = ben.waits(&evening.session).await;
        ann.waits(&evening.session).await;
        let (mut bens, mut anns) = (own(&ben).await, own(&ann).await);
        zoe.gives_up_seat(&evening.session).await;
        let offered = next(&mut bens).await;
        assert_eq!((&offered["__typename"], &offered["entry"]["id"]), (&json!("SeatOffered"), &entry["id"]));
        assert!(offered["entry"]["offeredUntil"].is_string(), "{offered}");
        ann.does(SIGN_OUT, json!({})).await;
        assert_eq!(last_words(&mut anns).await, "SIGNED_OUT", "and nothing of Ben's offer before");
    }

    async fn who_is_signed_out_is_told_so_and_nothing_more(market) {
        let desk = market.person("Ben").await;
        let phone = signs_in_again(&desk).await;
        let (mut at_desk, mut on_phone) = (own(&desk).await, own(&phone).await);
        let sessions = phone.sees(SESSIONS, json!({})).await["viewer"]["sessions"].clone();
        let other = sessions.as_array().unwrap().iter().find(|one| one["isCurrent"] == false).unwrap().clone();
        phone.does(REVOKE, json!({ "id": other["id"] })).await;
        assert_eq!(last_words(&mut at_desk).await, "SIGNED_OUT");

        let desk = signs_in_again(&desk).await;
        let mut at_desk = own(&desk).await;
        phone.does(NEW_PASSWORD, json!({ "current": phone.password(), "new": "another quiet lake at dusk" })).await;
        assert_eq!(last_words(&mut at_desk).await, "PASSWORD_CHANGED");
        let copied = phone.refresh_token();
        phone.refreshes().await;
        market.stranger("Eve").is_refused(REFRESH, json!({ "token": copied })).await;
        assert_eq!(last_words(&mut on_phone).await, "TOKEN_COPIED", "the phone has heard nothing of the desk");
    }

    async fn a_team_is_told_of_sales_and_of_wishes_to_have_money_back(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let creator = shop.creator.to_string();
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        let mut heard = team(&mira, &creator).await;
        let purchase = ben.buys(&shop).await;
        let sold = until(&mut heard, |told| told["__typename"] == "SaleMade").await.pop().unwrap();
        let order = json!({ "id": purchase.order, "status": "PAID", "buyer": { "displayName": "Ben" } });
        assert_eq!(sold["order"], order);
        let wish = ben.asks_money_back(&purchase).await;
        let told = until(&mut heard, |told| told["__typename"] == "RefundRequested").await.pop().unwrap();
        let asked = json!({ "id": wish["id"], "status": "OPEN", "order": { "id": purchase.order } });
        assert_eq!(told["refundRequest"], asked);

        assert_eq!(team(&eve, &creator).await.hears().await, refused("FORBIDDEN"));
        let (rest, last) = creator.split_at(creator.len() - 1);
        let nobodys = format!("{rest}{}", if last == "0" { "1" } else { "0" });
        assert_eq!(team(&mira, &nobodys).await.hears().await, refused("FORBIDDEN"));
        assert_eq!(team(&market.stranger("Nobody"), &creator).await.hears().await, refused("UNAUTHENTICATED"));
        mira.does(SIGN_OUT, json!({})).await;
        eve.goes_to_pay(&shop).await;
        assert_eq!(end(&mut heard).await, refused("UNAUTHENTICATED"));
    }

    async fn who_is_suspended_is_told_so_and_nothing_more(market) {
        let (_, evening, holders) = full_evening(&market, 2).await;
        let ben = market.person("Ben").await;
        ben.does(WAIT, json!({ "id": evening.session, "seats": 2 })).await;
        let mut bens = own(&ben).await;
        holders[0].gives_up_seat(&evening.session).await;
        assert_eq!(next(&mut bens).await["__typename"], "SeatOffered");
        // Nothing but an operator's hand in the database suspends an account yet: it is noticed with the next thing that happens.
        market.db_runs(&format!("UPDATE users SET suspended_at = created_at WHERE email_folded = '{}'", ben.email)).await;
        holders[1].gives_up_seat(&evening.session).await;
        assert_eq!(last_words(&mut bens).await, "SUSPENDED", "and not that a second seat is kept");
    }

    async fn who_was_signed_in_for_sixty_days_is_told_that_this_is_over(market) {
        let (studio, soon) = evening(&market).await;
        let session = studio.sets_date(&soon.workshop, 70, Some(2)).await;
        let evening = crate::support::Evening { session, ..soon };
        let (zoe, ann, ben) = (market.person("Zoe").await, market.person("Ann").await, market.person("Ben").await);
        zoe.buys_seat(&evening).await;
        ann.buys_seat(&evening).await;
        market.passes(Duration::days(60) - Duration::minutes(8)).await;
        // Refreshing does not lengthen the session: this access token outlives it.
        ben.refreshes().await;
        ben.does(WAIT, json!({ "id": evening.session, "seats": 2 })).await;
        let mut bens = own(&ben).await;
        zoe.comes_back().await.gives_up_seat(&evening.session).await;
        assert_eq!(next(&mut bens).await["__typename"], "SeatOffered");
        market.passes(Duration::minutes(9)).await;
        ann.comes_back().await.gives_up_seat(&evening.session).await;
        assert_eq!(last_words(&mut bens).await, "EXPIRED");
    }

    async fn a_team_sees_seats_go_and_come_back(market) {
        let (studio, evening) = evening(&market).await;
        let mut heard = team(&studio.owner, &studio.id).await;
        let ben = market.person("Ben").await;
        ben.buys_seat(&evening).await;
        until_seats_left(&mut heard, &evening.session, 0).await;
        ben.gives_up_seat(&evening.session).await;
        until_seats_left(&mut heard, &evening.session, 1).await;
    }

    async fn a_team_sees_files_move_on(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let mut heard = team(&studio.owner, &studio.id).await;
        let sheet = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        let id = text(&sheet["asset"]["id"]);
        until_file(&mut heard, &id, "AWAITING_UPLOAD").await;
        studio.owner.sends(&sheet, SHEET).await;
        studio.owner.does(DONE, json!({ "id": sheet["id"] })).await;
        until_file(&mut heard, &id, "READY").await;
        let given_up = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        studio.owner.does(ABORT, json!({ "id": given_up["id"] })).await;
        until_file(&mut heard, &text(&given_up["asset"]["id"]), "EXPIRED").await;
    }

    async fn each_member_is_told_what_their_role_sees_for_as_long_as_they_work_there(market) {
        let (studio, evening) = evening(&market).await;
        let (ann, max) = (market.person("Ann").await, market.person("Max").await);
        ann.db_joins(&studio.id, TeamRole::Editor).await;
        max.db_joins(&studio.id, TeamRole::Finance).await;
        let (mut anns, mut maxs) = (team(&ann, &studio.id).await, team(&max, &studio.id).await);
        market.person("Ben").await.buys_seat(&evening).await;
        let sheet = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        let told = until_file(&mut anns, &text(&sheet["asset"]["id"]), "AWAITING_UPLOAD").await;
        assert!(told.iter().any(|one| one["__typename"] == "SeatTaken"), "{told:?}");
        assert!(told.iter().all(|one| one["__typename"] != "SaleMade"), "an editor sees no sales: {told:?}");
        until(&mut maxs, |one| one["__typename"] == "SaleMade").await;

        market.db_runs("DELETE FROM team_members WHERE role <> 'OWNER'").await;
        studio.owner.does(ABORT, json!({ "id": sheet["id"] })).await;
        assert_eq!(end(&mut anns).await, refused("FORBIDDEN"));
        assert_eq!(end(&mut maxs).await, refused("FORBIDDEN"));
    }

    async fn what_happens_through_one_instance_is_told_through_the_other(market) {
        if market.app().db.is_sqlite() {
            return;
        }
        let (studio, evening) = evening(&market).await;
        let ben = market.person("Ben").await;
        let other = market.opens_beside().await;
        let (mut bens, mut heard) = (own(&ben.finds(&other)).await, team(&studio.owner.finds(&other), &studio.id).await);
        // The wait for each is shorter than the look that needs no wake-up.
        ben.buys_seat(&evening).await;
        until(&mut bens, |told| told["checkout"]["status"] == "SUCCEEDED").await;
        until(&mut heard, |told| told["__typename"] == "SaleMade").await;
        ben.gives_up_seat(&evening.session).await;
        until_seats_left(&mut heard, &evening.session, 1).await;
        ben.does(SIGN_OUT, json!({ "all": true })).await;
        until(&mut bens, |told| told["reason"] == "SIGNED_OUT").await;
        assert_eq!(bens.hears().await, Heard::Complete);
        other.stops();
    }
}
