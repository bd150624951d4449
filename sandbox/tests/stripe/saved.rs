//! Cards that Checkout keeps: with the buyer's consent alone, and for whom they are shown.

use serde_json::{Value, json};

use crate::support::*;

const CARD: &str = "4242424242424242";
const KEEPING: &str = "&saved_payment_method_options[payment_method_save]=enabled\
                       &saved_payment_method_options[payment_method_remove]=enabled";

async fn customer(world: &World) -> String {
    world.post("/v1/customers", "email=ada@example.com").await.id().to_owned()
}

/// A page for this customer, with these options.
async fn page(world: &World, customer: &str, options: &str) -> Answer {
    let whose = format!("&customer={customer}");
    let form = session_form().replace("&customer_email=ada@example.com", &whose) + options;
    let opened = world.post("/v1/checkout/sessions", &form).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    opened
}

fn method_of(world: &World, session: &Value) -> Value {
    let intent = world.sandbox.object(session["payment_intent"].as_str().unwrap()).unwrap();
    world.sandbox.object(intent["payment_method"].as_str().unwrap()).unwrap()
}

// https://support.stripe.com/questions/prefilling-saved-cards-in-checkout: "By default, Stripe does not save payment
// method information for one-time payments in payment mode."
#[tokio::test]
async fn a_one_off_payment_keeps_no_card() {
    let world = World::new().await;
    let ada = customer(&world).await;
    for options in ["", KEEPING] {
        let session = page(&world, &ada, options).await;
        let paid = world.sandbox.pay(session.id(), CARD).unwrap();
        let method = method_of(&world, &paid);
        assert_eq!((&method["customer"], &method["allow_redisplay"]), (&Value::Null, &json!("unspecified")));
    }
    let next = page(&world, &ada, KEEPING).await;
    assert_eq!(world.sandbox.offered_cards(next.id()).unwrap(), Vec::<Value>::new());
    world.no_violations();
}

// https://support.stripe.com/questions/prefilling-saved-cards-in-checkout: "Cards saved when the checkbox is checked will
// be saved with allow_redisplay: always and will be prefilled for returning customers."
#[tokio::test]
async fn a_ticked_box_keeps_the_card_and_offers_it_next_time() {
    let world = World::new().await;
    let (ada, bob) = (customer(&world).await, customer(&world).await);
    let session = page(&world, &ada, KEEPING).await;
    let shown = &session.body["saved_payment_method_options"];
    let filters = json!(["always"]);
    assert_eq!(
        (&shown["allow_redisplay_filters"], &shown["payment_method_save"]),
        (&filters, &json!("enabled"))
    );
    let paid = world.sandbox.pay_and_keep(session.id(), CARD).unwrap();
    let kept = method_of(&world, &paid);
    assert_eq!((&kept["customer"], &kept["allow_redisplay"]), (&json!(ada), &json!("always")));

    let next = page(&world, &ada, "").await;
    assert_eq!(world.sandbox.offered_cards(next.id()).unwrap(), std::slice::from_ref(&kept));
    let bobs = page(&world, &bob, KEEPING).await;
    assert_eq!(world.sandbox.offered_cards(bobs.id()).unwrap(), Vec::<Value>::new());
    assert_eq!(
        world.sandbox.pay_with_saved(bobs.id(), kept["id"].as_str().unwrap()).unwrap_err().status,
        404
    );
    let paid = world.sandbox.pay_with_saved(next.id(), kept["id"].as_str().unwrap()).unwrap();
    assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("complete"), &json!("paid")));
    assert_eq!(method_of(&world, &paid)["id"], kept["id"], "no second one");
    world.no_violations();
}

// https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options-payment_method_save:
// "Disabled by default."
#[tokio::test]
async fn a_page_shows_the_box_only_when_asked_to() {
    let world = World::new().await;
    let ada = customer(&world).await;
    let plain = page(&world, &ada, "").await;
    assert_eq!(plain.body["saved_payment_method_options"], Value::Null);
    assert_eq!(world.sandbox.pay_and_keep(plain.id(), CARD).unwrap_err().status, 400);
    world.no_violations();
}

// https://support.stripe.com/questions/prefilling-saved-cards-in-checkout: with `setup_future_usage` cards are "saved with
// allow_redisplay: limited and will not be prefilled on return purchases".
#[tokio::test]
async fn a_card_kept_for_later_charges_is_not_offered_unless_the_page_asks_for_it() {
    let world = World::new().await;
    let ada = customer(&world).await;
    let session = page(&world, &ada, "&payment_intent_data[setup_future_usage]=off_session").await;
    let paid = world.sandbox.pay(session.id(), CARD).unwrap();
    let kept = method_of(&world, &paid);
    assert_eq!((&kept["customer"], &kept["allow_redisplay"]), (&json!(ada), &json!("limited")));
    let plain = page(&world, &ada, "").await;
    assert_eq!(world.sandbox.offered_cards(plain.id()).unwrap(), Vec::<Value>::new());
    // https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options-allow_redisplay_filters
    let all = "&saved_payment_method_options[allow_redisplay_filters][0]=always\
               &saved_payment_method_options[allow_redisplay_filters][1]=limited";
    let asking = page(&world, &ada, all).await;
    assert_eq!(world.sandbox.offered_cards(asking.id()).unwrap(), [kept]);
    world.no_violations();
}

// https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options-payment_method_remove:
// "Enable customers to choose if they wish to remove their saved payment methods. Disabled by default."
#[tokio::test]
async fn a_buyer_takes_a_card_away_where_the_page_lets_them() {
    let world = World::new().await;
    let ada = customer(&world).await;
    let session = page(&world, &ada, KEEPING).await;
    let paid = world.sandbox.pay_and_keep(session.id(), CARD).unwrap();
    let kept = method_of(&world, &paid)["id"].as_str().unwrap().to_owned();
    let plain = page(&world, &ada, "").await;
    assert_eq!(world.sandbox.remove_saved(plain.id(), &kept).unwrap_err().status, 400);
    assert_eq!(world.sandbox.offered_cards(plain.id()).unwrap().len(), 1);
    let letting = page(&world, &ada, KEEPING).await;
    assert_eq!(world.sandbox.remove_saved(letting.id(), &kept).unwrap()["customer"], Value::Null);
    assert_eq!(world.sandbox.offered_cards(plain.id()).unwrap(), Vec::<Value>::new());
    world.no_violations();
}

// https://docs.stripe.com/testing#regulatory-cards: 4000 0082 6000 3178 has insufficient funds whenever it is charged.
#[tokio::test]
async fn a_saved_card_that_is_declined_leaves_the_page_open_for_another() {
    let world = World::new().await;
    let ada = customer(&world).await;
    let first = page(&world, &ada, KEEPING).await;
    let paid = world.sandbox.pay_and_keep(first.id(), "4000008260003178").unwrap();
    let kept = method_of(&world, &paid)["id"].as_str().unwrap().to_owned();
    let next = page(&world, &ada, KEEPING).await;
    let declined = world.sandbox.pay_with_saved(next.id(), &kept).unwrap_err();
    assert_eq!((declined.status, declined.code_text()), (402, Some("card_declined")));
    assert_eq!(world.sandbox.object(next.id()).unwrap()["status"], "open");
    assert_eq!(world.sandbox.pay(next.id(), CARD).unwrap()["status"], "complete");
    world.no_violations();
}

// The page itself, as a browser without scripts sends it.
#[tokio::test]
async fn the_page_has_the_box_and_a_button_for_each_card() {
    let world = World::new().await;
    let ada = customer(&world).await;
    let session = page(&world, &ada, KEEPING).await;
    let url = session.body["url"].as_str().unwrap().to_owned();
    let look = async |url: &str| world.http.get(url).send().await.unwrap().text().await.unwrap();
    let submit = async |url: &str, form: String| {
        let request = world.http.post(url).header("content-type", "application/x-www-form-urlencoded");
        request.body(form).send().await.unwrap().status().as_u16()
    };
    let shown = look(&url).await;
    assert!(shown.contains("<label ><input type=\"checkbox\" name=\"save\""), "{shown}");
    assert!(!shown.contains("pay_saved"), "{shown}");
    let typed = "action=pay&save=yes&number=4242 4242 4242 4242&expiry=12 / 30&cvc=123";
    assert_eq!(submit(&url, typed.to_owned()).await, 303);

    let next = page(&world, &ada, KEEPING).await;
    let url = next.body["url"].as_str().unwrap().to_owned();
    let shown = look(&url).await;
    assert!(shown.contains("with visa •••• 4242"), "{shown}");
    let card = world.sandbox.offered_cards(next.id()).unwrap()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(submit(&url, format!("action=pay_saved&saved={card}")).await, 303);

    let guest = world.open_session().await;
    let shown = look(guest.body["url"].as_str().unwrap()).await;
    assert!(shown.contains("<label hidden><input type=\"checkbox\" name=\"save\""), "{shown}");
    let last = page(&world, &ada, KEEPING).await;
    let url = last.body["url"].as_str().unwrap().to_owned();
    assert_eq!(submit(&url, format!("action=remove&saved={card}")).await, 200);
    assert!(!look(&url).await.contains("pay_saved"));
    world.no_violations();
}

// https://docs.stripe.com/api/payment_intents/create#create_payment_intent-automatic_payment_methods-allow_redirects: with
// `always`, the default, "return_url may be required to confirm this PaymentIntent"; with `never` it "will not be".
#[tokio::test]
async fn a_payment_that_may_redirect_is_not_confirmed_without_a_way_back() {
    let world = World::new().await;
    let ada = customer(&world).await;
    let first = page(&world, &ada, KEEPING).await;
    let paid = world.sandbox.pay_and_keep(first.id(), CARD).unwrap();
    let kept = method_of(&world, &paid)["id"].as_str().unwrap().to_owned();
    let open = format!("amount=2000&currency=eur&customer={ada}&automatic_payment_methods[enabled]=true");
    let charge = format!("payment_method={kept}&off_session=true");

    let intent = world.post("/v1/payment_intents", &open).await;
    let confirm = format!("/v1/payment_intents/{}/confirm", intent.id());
    let refused = world.post(&confirm, &charge).await;
    assert_eq!((refused.status, refused.error("type")), (400, "invalid_request_error"));
    assert!(refused.error("message").contains("you must provide a `return_url`"), "{}", refused.body);
    assert_eq!(world.sandbox.objects("charge").len(), 1, "nothing was charged");
    let with = format!("{charge}&return_url=https%3A%2F%2Fatelier.example%2F");
    assert_eq!(world.post(&confirm, &with).await.body["status"], "succeeded");

    let never = format!("{open}&automatic_payment_methods[allow_redirects]=never");
    let intent = world.post("/v1/payment_intents", &never).await;
    assert_eq!(intent.body["automatic_payment_methods"]["allow_redirects"], "never");
    let confirm = format!("/v1/payment_intents/{}/confirm", intent.id());
    assert_eq!(world.post(&confirm, &charge).await.body["status"], "succeeded");
    world.no_violations();
}

// https://docs.stripe.com/declines/codes: expired_card.
#[tokio::test]
async fn a_kept_card_is_declined_once_its_last_month_is_over() {
    let world = World::new().await;
    let ada = customer(&world).await;
    let first = page(&world, &ada, KEEPING).await;
    let soon = chrono::DateTime::from_timestamp(world.now(), 0).unwrap().format("%m/%y").to_string();
    let paid = world.sandbox.pay_and_keep_until(first.id(), CARD, &soon).unwrap();
    let kept = method_of(&world, &paid)["id"].as_str().unwrap().to_owned();
    world.clock_forward(chrono::Duration::days(32));
    let form = format!("amount=2000&currency=eur&customer={ada}&automatic_payment_methods[enabled]=true");
    let intent = world.post("/v1/payment_intents", &form).await;
    let confirm = format!("/v1/payment_intents/{}/confirm", intent.id());
    let charge =
        format!("payment_method={kept}&off_session=true&return_url=https%3A%2F%2Fatelier.example%2F");
    let refused = world.post(&confirm, &charge).await;
    assert_eq!((refused.status, refused.error("code")), (402, "expired_card"));
    world.no_violations();
}
