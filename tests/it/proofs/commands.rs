//! Which commands come next: drawn from a seed, with the weights of a busy market, and made smaller when they fail.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Union};
use proptest_state_machine::ReferenceStateMachine;

use super::model::{BUYERS, Belief, Card, Command, Model, PRICES, Weather};

/// The model as `proptest-state-machine` wants it.
pub struct Commands;

impl ReferenceStateMachine for Commands {
    type State = Model;
    type Transition = Command;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Command> {
        let mut choices = vec![
            (
                8,
                (0..BUYERS, 0..PRICES.len())
                    .prop_map(|(buyer, offer)| Command::Quote { buyer, offer })
                    .boxed(),
            ),
            (1, (0..BUYERS).prop_map(|buyer| Command::ClaimFree { buyer }).boxed()),
            (1, (0..PRICES.len()).prop_map(|offer| Command::Reprice { offer }).boxed()),
            (if model.account == Belief::No { 2 } else { 0 }, Just(Command::Onboard).boxed()),
            (4, weather().prop_map(Command::Weather).boxed()),
            (6, Just(Command::Settle).boxed()),
            (2, any::<u64>().prop_map(|shuffle| Command::Resend { shuffle }).boxed()),
            (
                4,
                select(vec![10, 10, 10, 45, 3 * 1440, 16 * 1440])
                    .prop_map(|minutes| Command::Pass { minutes })
                    .boxed(),
            ),
        ];
        let quotes = model.quotes.len();
        if quotes > 0 {
            // Mostly a fresh one: old quotes only show that they are refused.
            let quote = prop_oneof![4 => Just(quotes - 1), 1 => 0..quotes];
            choices.push((12, quote.prop_map(|quote| Command::Agree { quote }).boxed()));
        }
        let orders = model.orders.len();
        if orders > 0 {
            let order = || prop_oneof![3 => Just(orders - 1), 2 => 0..orders];
            choices.extend([
                (16, (order(), card()).prop_map(|(order, card)| Command::Pay { order, card }).boxed()),
                (3, order().prop_map(|order| Command::AgreeAgain { order }).boxed()),
                (3, order().prop_map(|order| Command::Cancel { order }).boxed()),
                (4, order().prop_map(|order| Command::Sync { order }).boxed()),
                (4, order().prop_map(|order| Command::Rush { order }).boxed()),
                (
                    4,
                    (order(), refund()).prop_map(|(order, amount)| Command::Refund { order, amount }).boxed(),
                ),
                (2, order().prop_map(|order| Command::ExpireAtStripe { order }).boxed()),
            ]);
        }
        choices.retain(|(weight, _)| *weight > 0);
        Union::new_weighted(choices).boxed()
    }

    fn apply(model: Model, command: &Command) -> Model {
        model.after(command)
    }

    fn preconditions(model: &Model, command: &Command) -> bool {
        model.allows(command)
    }
}

fn card() -> impl Strategy<Value = Card> {
    prop_oneof![
        6 => Just(Card::Good),
        1 => Just(Card::AsksBank),
        1 => Just(Card::FailsAtBank),
        1 => Just(Card::Declined),
    ]
}

/// A part in cents, or all that is left.
fn refund() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![1 => Just(None), 1 => Just(Some(300)), 1 => Just(Some(1000))]
}

fn weather() -> impl Strategy<Value = Weather> {
    prop_oneof![
        2 => Just(Weather::Fine),
        1 => Just(Weather::Doubled),
        1 => Just(Weather::Reordered),
        1 => Just(Weather::Late),
        1 => Just(Weather::Lost),
    ]
}
