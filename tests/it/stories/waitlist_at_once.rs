//! A seat that is bought by itself while its owner leaves, or its session is called off, at the same moment: one of both
//! happens, whole.

use atelier::checkout::actions::{open_page_later, place_offered};
use atelier::kernel::WaitlistEntryId;
use atelier::payments::actions::buy_offered;
use serde_json::json;

use super::waitlist_buying::{Full, GOOD, LEAVE, sold};
use super::waitlist_charging::{calls_off, is_placed};
use crate::support::{Market, Person, story};

const ROUNDS: usize = 6;

/// Everything is ready: the next step is the look before the charge.
async fn is_about_to_be_charged(market: &Market, full: &Full, person: &Person) -> WaitlistEntryId {
    let id = is_placed(market, full, person).await;
    let (checkout, _) = place_offered(market.app(), id).await.unwrap().unwrap();
    open_page_later(market.app(), checkout).await.unwrap();
    id
}

story! {
    async fn who_leaves_while_it_is_charged_has_left_or_has_a_seat(market) {
        let mut full = Full::open(&market).await;
        let mut left = 0;
        for round in 0..ROUNDS {
            let (evening, zoe) = Full::evening(&market, &full.studio, &format!("Holder{round}")).await;
            full = Full { evening, zoe, ..full };
            let ben = full.with_card(&market, &format!("Buyer{round}"), GOOD).await;
            let id = is_about_to_be_charged(&market, &full, &ben).await;
            let before = sold(&market);
            let (bought, answer) = tokio::join!(
                buy_offered(market.app(), id),
                ben.asks(LEAVE, json!({ "id": id.to_string() })),
            );
            bought.unwrap();
            let refused = answer.refusals();
            market.settles().await;
            let seat = ben.seat_status(&full.evening.session).await;
            match refused.first() {
                None => {
                    assert_eq!((seat, sold(&market)), (None, before), "round {round}");
                    left += 1;
                }
                Some(no) => {
                    assert_eq!((no.code.as_str(), no.path.as_str()), ("INVALID_STATE", "entryId"), "round {round}");
                    assert_eq!((seat.as_deref(), sold(&market)), (Some("CONFIRMED"), before + 1), "round {round}");
                }
            }
        }
        println!("{left} of {ROUNDS} left");
    }

    async fn what_is_called_off_while_it_is_charged_keeps_nobodys_money(market) {
        let mut full = Full::open(&market).await;
        full.zoe.gives_up_seat(&full.evening.session).await;
        for round in 0..ROUNDS {
            let (evening, zoe) = Full::evening(&market, &full.studio, &format!("Holder{round}")).await;
            full = Full { evening, zoe, ..full };
            let ben = full.with_card(&market, &format!("Buyer{round}"), GOOD).await;
            let id = is_about_to_be_charged(&market, &full, &ben).await;
            let (bought, ()) =
                tokio::join!(buy_offered(market.app(), id), calls_off(&full.studio, &full.evening.session));
            bought.unwrap();
            market.settles().await;
            let charges = market.stripe().objects("charge");
            let kept = charges.iter().filter(|one| one["amount"] == 2000 && one["paid"] == true && one["refunded"] == false);
            assert_eq!(kept.count(), 0, "round {round}");
            let pending = "SELECT COUNT(*) AS n FROM orders WHERE status = 'PENDING'";
            assert_eq!(market.db_number(pending).await, 0, "round {round}");
        }
    }
}
