//! The hosted Checkout page as a buyer uses it, in a browser without scripts.

use crate::support::*;

struct Browser<'a> {
    world: &'a World,
    url: String,
}

impl Browser<'_> {
    async fn look(&self) -> (u16, String) {
        let answer = self.world.http.get(&self.url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Status, where the browser is sent, and the page.
    async fn submit(&self, form: &str) -> (u16, String, String) {
        let request =
            self.world.http.post(&self.url).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form.to_owned()).send().await.unwrap();
        let to =
            answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        (answer.status().as_u16(), to, answer.text().await.unwrap())
    }
}

const GOOD: &str = "action=pay&number=4242 4242 4242 4242&expiry=12 / 30&cvc=123";

#[tokio::test]
async fn a_buyer_reads_the_lines_is_declined_and_pays() {
    let world = World::new().await;
    let session = world.open_session().await;
    let browser = Browser { world: &world, url: session.body["url"].as_str().unwrap().to_owned() };
    let (status, page) = browser.look().await;
    assert_eq!(status, 200);
    for words in ["Watercolour", "Brush", "EUR 48.00", "ada@example.com"] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    let (status, _, page) = browser.submit(&GOOD.replace("4242 4242 4242 4242", "4000 0000 0000 0002")).await;
    assert_eq!(status, 402);
    assert!(page.contains("Your card was declined."), "{page}");
    let (_, _, page) = browser.submit("action=pay&number=4242424242424242").await;
    assert!(page.contains("incomplete"));

    let (status, to, _) = browser.submit(GOOD).await;
    assert_eq!((status, to), (303, format!("https://shop.example/done?session={}", session.id())));
    let (_, page) = browser.look().await;
    assert!(page.contains("Already paid"));
    let (status, _, page) = browser.submit(GOOD).await;
    assert_eq!(status, 200);
    assert!(page.contains("Already paid"));
    assert_eq!(world.sandbox.objects("balance_transaction").len(), 1);
    world.no_violations();
}

// https://docs.stripe.com/receipts
#[tokio::test]
async fn a_receipt_tells_what_was_paid_and_what_went_back() {
    let world = World::new().await;
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    let charge = world.sandbox.objects("charge").remove(0);
    let receipt = Browser { world: &world, url: charge["receipt_url"].as_str().unwrap().to_owned() };
    let (status, page) = receipt.look().await;
    assert_eq!(status, 200);
    assert!(page.contains("EUR 48.00") && page.contains("visa •••• 4242"), "{page}");
    assert!(!page.contains("Given back"), "{page}");

    let id = charge["id"].as_str().unwrap();
    world.post("/v1/refunds", &format!("charge={id}&amount=1800")).await;
    assert!(receipt.look().await.1.contains("EUR 18.00"));
    let nowhere = Browser { world: &world, url: format!("{}/receipts/ch_none", world.base) };
    assert_eq!(nowhere.look().await.0, 404);
    let other = Browser { world: &world, url: format!("{}/invoices/{id}", world.base) };
    assert_eq!(other.look().await.0, 404);
    world.no_violations();
}

#[tokio::test]
async fn the_bank_asks_on_a_page_of_its_own() {
    let world = World::new().await;
    let session = world.open_session().await;
    let browser = Browser { world: &world, url: session.body["url"].as_str().unwrap().to_owned() };
    let card = GOOD.replace("4242 4242 4242 4242", "4000002500003155");
    let (status, _, page) = browser.submit(&card).await;
    assert_eq!(status, 200);
    assert!(page.contains("3-D Secure") && page.contains("Complete") && page.contains("Fail"));
    let (status, _, page) = browser.submit(&card.replace("action=pay", "action=bank_fail")).await;
    assert_eq!(status, 402);
    assert!(page.contains("unable to authenticate"));
    let (status, to, _) = browser.submit(&card.replace("action=pay", "action=bank_complete")).await;
    assert_eq!(status, 303);
    assert!(to.starts_with("https://shop.example/done"));
    world.no_violations();
}

#[tokio::test]
async fn leaving_expiring_and_asking_for_an_address() {
    let world = World::new().await;
    let form =
        session_form().replace("&customer_email=ada@example.com", "").replace("Watercolour", "<b>Paint</b>");
    let session = world.post("/v1/checkout/sessions", &form).await;
    let browser = Browser { world: &world, url: session.body["url"].as_str().unwrap().to_owned() };
    let (_, page) = browser.look().await;
    assert!(page.contains("name=\"email\"") && page.contains("&lt;b&gt;Paint"), "{page}");
    let (_, _, page) = browser.submit(GOOD).await;
    assert!(page.contains("e-mail address"));
    let (status, to, _) = browser.submit("action=cancel").await;
    assert_eq!((status, to.as_str()), (303, "https://shop.example/basket"));
    world.sandbox.expire(session.id()).unwrap();
    let (status, page) = browser.look().await;
    assert_eq!(status, 410);
    assert!(page.contains("expired"));
    let nowhere = Browser { world: &world, url: format!("{}/pay/cs_test_none", world.base) };
    assert_eq!(nowhere.look().await.0, 404);
}
