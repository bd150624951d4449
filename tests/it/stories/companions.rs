//! Several seats at once: one's own, and for whom one takes along.

use serde_json::{Value, json};

use crate::support::{
    CANCEL, CREATE, Evening, Market, Person, QUOTE, RELEASE, Studio, TRANSFER, euros, seat_at, seats_at,
    story,
};

const COUPON: &str =
    "mutation($creator: ID!, $input: CouponInput!) { couponCreate(creatorId: $creator, input: $input) {
    coupon { id } userErrors { code path message } } }";

async fn evening(market: &Market, places: i32) -> (Studio, Evening) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let evening = studio.invites("Ink", euros(2000), places).await;
    (studio, evening)
}

async fn is_refused_quote(person: &Person, input: Value) -> (String, String) {
    let answer = person.sees(QUOTE, json!({ "input": input })).await["quote"].clone();
    let no = &answer["userErrors"][0];
    let path = no["path"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    let path: Vec<&str> = path.iter().map(|part| part.as_str().unwrap()).collect();
    (no["code"].as_str().unwrap().to_owned(), path.join("."))
}

fn pair(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

story! {
    async fn two_friends_come_along(market) {
        let (studio, evening) = evening(&market, 4).await;
        let (ben, ann, una) = (market.person("Ben").await, market.person("Ann").await, market.stranger("Una"));
        let quote = ben.is_quoted(seats_at(&evening, true, &[&ann.email, &una.email.to_uppercase()])).await;
        assert_eq!((&quote["total"]["minorUnits"], quote["warnings"].as_array().map(Vec::len)), (&json!(6000), Some(0)));
        let checkout = ben.takes(&quote).await;
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 1, "held together");
        assert_eq!((ben.seat_status(&evening.session).await.as_deref(), ann.seat_status(&evening.session).await), (Some("HELD"), None));
        assert!(una.subjects().is_empty(), "nobody is written to before it is paid");
        let order = checkout["order"]["id"].as_str().unwrap();
        assert_eq!(ben.statuses(order).await, ["HELD"; 3]);

        ben.pays(&checkout).await;
        for one in [&ben, &ann] {
            assert_eq!(one.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"), "{}", one.name);
        }
        let lines = ben.lines(order).await;
        let whose: Vec<&Value> = lines.iter().map(|line| &line["giftRecipientEmail"]).collect();
        assert_eq!(whose, [&Value::Null, &json!(ann.email), &json!(una.email.to_uppercase())]);
        assert_eq!(ben.statuses(order).await, ["CONFIRMED"; 3]);
        for line in &lines[1..] {
            assert_eq!((&line["seat"]["holder"], &line["seat"]["checkInCode"]), (&Value::Null, &Value::Null), "with an account or without looks the same");
        }
        let anns = ann.session(&evening.session).await["viewerSeat"].clone();
        assert_eq!((&anns["order"], anns["checkInCode"].as_str().map(str::len)), (&Value::Null, Some(8)), "not what it cost");

        for one in [&ann, &una] {
            let letters = market.mail().messages(Some(&one.email));
            let seats: Vec<_> = letters.iter().filter(|letter| letter.subject.contains("seat")).collect();
            assert_eq!(seats.len(), 1, "{:?}", one.subjects());
            assert_eq!(seats[0].subject, "Ben has a seat for you: Ink");
            let calendar = seats[0].calendar.as_ref().expect("for their calendar").replace("\r\n ", "");
            assert!(calendar.contains("METHOD:REQUEST") && calendar.contains(&one.email), "{calendar}");
            assert!(seats[0].text.contains("pass it on") && !seats[0].text.contains("20.00"), "{}", seats[0].text);
        }
        let receipt = market.mail().messages(Some(&ben.email)).into_iter().find(|letter| letter.subject.starts_with("Your receipt")).unwrap();
        assert!(receipt.text.contains(&format!("Ink, a seat for {}: €20.00", ann.email)) && !receipt.text.contains("gift"), "{}", receipt.text);

        una.signs_up().await;
        una.proves_address().await;
        market.settles().await;
        assert_eq!(una.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"), "hers by her address");
        assert_eq!(una.sees("query($id: ID!) { order(id: $id) { id } }", json!({ "id": order })).await["order"], Value::Null);
        assert_eq!(market.db_count("gifts").await, 0, "no code redeems a seat");
    }

    async fn what_cannot_be_asked_for(market) {
        let (studio, evening) = evening(&market, 20).await;
        let gratis = Evening { price: studio.prices(&evening.workshop, json!({ "free": true })).await, ..evening.clone() };
        let all_off = json!({ "code": "FRIENDS", "discount": { "percentOffBasisPoints": 10_000 } });
        studio.owner.does(COUPON, json!({ "creator": studio.id, "input": all_off })).await;
        let ben = market.person("Ben").await;
        let to = "input.items.1.giftRecipientEmail";
        assert_eq!(is_refused_quote(&ben, seats_at(&evening, true, &["nobody"])).await, pair("INVALID", to));
        assert_eq!(is_refused_quote(&ben, seats_at(&evening, true, &[&ben.email.to_uppercase()])).await, pair("NOT_ALLOWED", to));
        let twice = seats_at(&evening, false, &["ann@example.org", "Ann@Example.org"]);
        assert_eq!(is_refused_quote(&ben, twice).await, pair("DUPLICATE", to));
        let mut coded = seats_at(&evening, true, &["ann@example.org"]);
        coded["couponCode"] = json!("FRIENDS");
        for free in [seats_at(&gratis, true, &["ann@example.org"]), coded] {
            assert_eq!(is_refused_quote(&ben, free).await, pair("NOT_ALLOWED", to), "it would write to anybody at no cost");
        }
        let many: Vec<String> = (0..6).map(|n| format!("friend{n}@example.org")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(is_refused_quote(&ben, seats_at(&evening, true, &many)).await, pair("TOO_MANY", "input.items.6.sessionId"));
        ben.is_quoted(seats_at(&evening, false, &many)).await;
        let mut dateless = seats_at(&evening, false, &["ann@example.org"]);
        dateless["items"][0]["sessionId"] = Value::Null;
        assert_eq!(is_refused_quote(&ben, dateless).await, pair("REQUIRED", "input.items.0.sessionId"));

        // A guest's own address is known when the order is made.
        let una = market.stranger("Una");
        let quote = una.is_quoted(seats_at(&evening, true, &[&una.email])).await;
        let mut wish = una.agrees_to(&quote, "HOSTED_PAGE");
        wish["buyerEmail"] = json!(una.email);
        let refused = una.anonymously().is_refused(CREATE, json!({ "input": wish })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ALLOWED", "input.quoteToken"));
    }

    async fn all_or_none(market) {
        let (studio, evening) = evening(&market, 3).await;
        let (ben, cleo) = (market.person("Ben").await, market.person("Cleo").await);
        let two = seats_at(&evening, true, &["ann@example.org"]);
        let checkout = ben.takes(&ben.is_quoted(two.clone()).await).await;
        let quote = cleo.is_quoted(two.clone()).await;
        assert_eq!(quote["warnings"], json!([{ "code": "SEATS_UNAVAILABLE", "path": ["items", "1"] }]));
        let refused = cleo.is_refused(CREATE, json!({ "input": cleo.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("SEATS_UNAVAILABLE", "input.quoteToken.items.1"));
        assert!(refused[0].message.contains("not so many"), "{}", refused[0].message);
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 1, "she holds none");
        assert_eq!((market.db_count("orders").await, market.db_count("seats").await), (1, 2), "nothing half-written");

        // One purchase at a time, whoever its seats are for: nobody keeps seats from others without paying.
        let more = ben.is_quoted(seats_at(&evening, false, &["dan@example.org"])).await;
        let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&more, "HOSTED_PAGE") })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("LIMIT_REACHED", "input.quoteToken"));
        ben.does(CANCEL, json!({ "id": checkout["id"] })).await;
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 3, "given up together");
        cleo.brings(&evening, &["ann@example.org"]).await;
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 1);
    }

    async fn a_place_of_a_group_that_does_not_pay_goes_to_who_waits(market) {
        let (_, evening) = evening(&market, 2).await;
        let (ben, ann, zoe) = (market.person("Ben").await, market.person("Ann").await, market.person("Zoe").await);
        let checkout = ben.takes(&ben.is_quoted(seats_at(&evening, true, &["una@example.org"])).await).await;
        ann.waits(&evening.session).await;
        zoe.waits(&evening.session).await;
        ben.does(CANCEL, json!({ "id": checkout["id"] })).await;
        market.settles().await;
        for one in [&ann, &zoe] {
            assert!(!one.session(&evening.session).await["viewerWaitlistEntry"]["offeredUntil"].is_null(), "{}", one.name);
        }
        // An offer is for one; a companion needs a place of their own.
        let quote = ann.is_quoted(seats_at(&evening, true, &["una@example.org"])).await;
        assert_eq!(quote["warnings"], json!([{ "code": "SEATS_UNAVAILABLE", "path": ["items", "1"] }]));
        let refused = ann.is_refused(CREATE, json!({ "input": ann.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!(refused[0].path, "input.quoteToken.items.1");
        ann.buys_seat(&evening).await;
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
    }

    async fn what_a_stranger_has_not_paid_for_keeps_nobody_from_anything(market) {
        let (_, evening) = evening(&market, 9).await;
        let (eve, ann, una) = (market.person("Eve").await, market.person("Ann").await, market.stranger("Una"));
        eve.takes(&eve.is_quoted(seats_at(&evening, false, &[&ann.email, &una.email])).await).await;
        let quote = ann.is_quoted(seat_at(&evening.price, &evening.session)).await;
        assert_eq!(quote["warnings"], json!([]));
        ann.pays(&ann.takes(&quote).await).await;
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        una.buys_as_guest(seat_at(&evening.price, &evening.session)).await;
        una.signs_up().await;
        una.proves_address().await;
        market.settles().await;
        assert_eq!(una.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
    }

    async fn who_has_a_seat_already_has_two_and_nobody_is_told(market) {
        let (studio, evening) = evening(&market, 9).await;
        let (ben, ann, zoe) = (market.person("Ben").await, market.person("Ann").await, market.person("Zoe").await);
        ann.buys_seat(&evening).await;
        let first = ann.seat(&evening.session).await;
        let quote = ben.is_quoted(seats_at(&evening, true, &[&ann.email])).await;
        assert_eq!(quote["warnings"], json!([]), "nothing is told of her");
        let checkout = ben.takes(&quote).await;
        ben.pays(&checkout).await;
        let order = checkout["order"]["id"].as_str().unwrap();
        assert_eq!((ben.statuses(order).await.as_slice(), ann.seat(&evening.session).await), (["CONFIRMED".to_owned(), "CONFIRMED".to_owned()].as_slice(), first.clone()));
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 6);
        // She gives her own to Zoe, and then sits on the other.
        ann.does(TRANSFER, json!({ "id": first, "email": zoe.email, "key": ann.new_key() })).await;
        market.settles().await;
        let second = ann.seat(&evening.session).await;
        assert_eq!(json!(second), ben.lines(order).await[1]["seat"]["id"]);
        assert_eq!(zoe.seat(&evening.session).await, first);
        // Had by somebody else meanwhile, it is not the buyer's to give back.
        let una = market.stranger("Una");
        ann.does(TRANSFER, json!({ "id": second, "email": una.email, "key": ann.new_key() })).await;
        let refused = ben.is_refused(RELEASE, json!({ "id": second, "key": ben.new_key() })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INVALID_STATE", "seatId"));
        let stranger = zoe.is_refused(RELEASE, json!({ "id": second, "key": zoe.new_key() })).await;
        assert_eq!(stranger[0].code, "NOT_FOUND");
    }
    async fn who_waited_before_somebody_brought_them_is_first_again_without_them(market) {
        let (_studio, evening) = evening(&market, 3).await;
        let (ben, ann, cleo) = (market.person("Ben").await, market.person("Ann").await, market.person("Cleo").await);
        let checkout = ben.takes(&ben.is_quoted(seats_at(&evening, true, &[&ann.email])).await).await;
        cleo.buys_seat(&evening).await;
        ann.waits(&evening.session).await;
        ben.pays(&checkout).await;
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"), "by Ben");
        // A place becomes free: Ann sits already, so Eve has it.
        cleo.gives_up_seat(&evening.session).await;
        market.settles().await;
        assert_eq!(ann.session(&evening.session).await["viewerWaitlistEntry"], Value::Null);
        let (eve, dan) = (market.person("Eve").await, market.person("Dan").await);
        eve.buys_seat(&evening).await;
        dan.waits(&evening.session).await;
        ben.gives_back_seat(checkout["order"]["id"].as_str().unwrap(), 1).await;
        market.settles().await;
        let entry = ann.session(&evening.session).await["viewerWaitlistEntry"].clone();
        assert!(entry["offeredUntil"].is_string(), "she waited longer than Dan: {entry}");
        assert_eq!(dan.session(&evening.session).await["viewerWaitlistEntry"]["offeredUntil"], Value::Null);
    }
    async fn nobody_writes_to_hundreds_of_strangers(market) {
        let (studio, first) = evening(&market, 100).await;
        let mut dates = vec![first.session.clone()];
        for days in [11, 12, 13] {
            dates.push(studio.sets_date(&first.workshop, days, Some(100)).await);
        }
        let ben = market.person("Ben").await;
        let twenty = |round: usize| -> Vec<Value> {
            let item = |n: usize| json!({ "priceId": first.price, "sessionId": dates[n / 5], "giftRecipientEmail": format!("friend{n}.{round}@example.com") });
            (0..20).map(item).collect()
        };
        for round in 0..3 {
            let bought = ben.purchases(json!({ "items": twenty(round), "channel": "WEB" })).await;
            assert_eq!(ben.statuses(bought["order"]["id"].as_str().unwrap()).await, ["CONFIRMED"; 20]);
        }
        let quote = ben.is_quoted(json!({ "items": twenty(3), "channel": "WEB" })).await;
        let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!(refused[0].code, "RATE_LIMITED", "{refused:?}");
        market.passes(chrono::Duration::minutes(200)).await;
        let ben = ben.elsewhere();
        ben.signs_in().await;
        let quote = ben.is_quoted(json!({ "items": twenty(3), "channel": "WEB" })).await;
        assert!(ben.takes(&quote).await["id"].is_string(), "later");
    }
}
