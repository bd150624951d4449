//! Which commands come next: drawn from a seed, with the weights of a busy market, and made smaller when they fail.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Union};
use proptest_state_machine::ReferenceStateMachine;

use super::model::{
    Answer, BUYERS, Belief, COURSES, Card, Command, Hand, MOST_COUPONS, Model, Order, Outcome, PAYEES,
    PRICES, Page, Weather, With,
};
use super::seeds::Proof;
use super::world::World;
use crate::support::Market;

/// The model as `proptest-state-machine` wants it.
pub struct Commands;

/// How often, and what.
type Choice = (u32, BoxedStrategy<Command>);

impl ReferenceStateMachine for Commands {
    type State = Model;
    type Transition = Command;

    fn init_state() -> BoxedStrategy<Model> {
        any::<bool>().prop_map(Model::new).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Command> {
        let mut choices = of_time();
        choices.extend(of_asking(model));
        choices.extend(of_the_studio(model));
        choices.extend(of_payees(model));
        choices.extend(of_money_back(model));
        choices.extend(of_orders(model));
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

impl Proof for Commands {
    type Answer = Answer;
    type World = World;
    const TEST: &'static str = "model_holds";

    fn answer(model: &Model, command: &Command) -> Answer {
        model.answer(command)
    }

    fn settings(model: &Model) -> &'static [(&'static str, &'static str)] {
        if model.taxed { &[("STRIPE_TAX", "on")] } else { &[] }
    }

    async fn open(market: Market) -> World {
        World::open(market).await
    }

    async fn does(world: &mut World, command: &Command, before: &Model) -> Answer {
        world.does(command, before).await
    }

    async fn is_like(world: &mut World, model: &Model) {
        world.is_like(model).await;
    }

    fn slowest_settle(world: &World) -> Duration {
        world.slowest_settle
    }
}

fn of_time() -> Vec<Choice> {
    let minutes = select(vec![10, 10, 10, 45, 3 * 1440, 16 * 1440, 16 * 1440]);
    vec![
        (4, weather().prop_map(Command::Weather).boxed()),
        (6, Just(Command::Settle).boxed()),
        (2, any::<u64>().prop_map(|shuffle| Command::Resend { shuffle }).boxed()),
        (4, minutes.prop_map(|minutes| Command::Pass { minutes }).boxed()),
    ]
}

fn of_asking(model: &Model) -> Vec<Choice> {
    let asks = |with: With| {
        let who = (0..BUYERS, 0..PRICES.len());
        who.prop_map(move |(buyer, offer)| Command::Quote { buyer, offer, with }).boxed()
    };
    let mut choices = vec![
        (5, asks(With::Nothing)),
        (3, asks(With::Link)),
        (4, asks(With::Gift)),
        (1, (0..BUYERS).prop_map(|buyer| Command::ClaimFree { buyer }).boxed()),
    ];
    if let Some(newest) = model.coupons.len().checked_sub(1) {
        choices.push((5, asks(With::Coupon(newest))));
    }
    if let Some(newest) = model.quotes.len().checked_sub(1) {
        // Mostly a fresh one: old quotes only show that they are refused.
        let recent = newest.saturating_sub(4)..=newest;
        let quote = prop_oneof![6 => Just(newest), 4 => recent, 1 => 0..=newest];
        choices.push((14, quote.prop_map(|quote| Command::Agree { quote }).boxed()));
    }
    choices
}

fn of_the_studio(model: &Model) -> Vec<Choice> {
    let coupons = model.coupons.len();
    let spent = |coupon: usize| model.coupons[coupon].ended || model.uses(coupon).0 >= super::model::USES;
    let wanted = if (0..coupons).all(spent) && coupons < MOST_COUPONS { 4 } else { 0 };
    let mut choices = vec![
        (1, (0..PRICES.len()).prop_map(|offer| Command::Reprice { offer }).boxed()),
        (wanted, Just(Command::MakeCoupon).boxed()),
    ];
    if coupons > 0 {
        choices.push((1, (0..coupons).prop_map(|coupon| Command::EndCoupon { coupon }).boxed()));
    }
    choices
}

fn of_payees(model: &Model) -> Vec<Choice> {
    let free: Vec<usize> = (0..PAYEES).filter(|payee| model.held_at[*payee].is_none()).collect();
    let mut choices = Vec::new();
    if !free.is_empty() {
        let holds = select(free).prop_map(|payee| Command::Hold { payee, hold: true });
        choices.push((1, holds.boxed()));
    }
    for payee in 0..PAYEES {
        let held = model.held_at[payee].is_some();
        let opens = if model.account[payee] == Belief::No { 2 } else { 0 };
        choices.push((opens, Just(Command::Onboard { payee }).boxed()));
        if held {
            choices.push((1, Just(Command::Hold { payee, hold: false }).boxed()));
        }
    }
    for offer in 0..COURSES {
        let points = prop_oneof![1 => Just(None), 4 => select(vec![Some(2500), Some(3333), Some(10_000)])];
        let alone = model.agreements[offer].is_none();
        let shares = points.prop_map(move |points| Command::Share { offer, points }).boxed();
        choices.push((if alone { 3 } else { 1 }, shares));
        let weight = match model.agreements[offer] {
            None => 0,
            Some(part) if part.accepted == Some(part.points) => 1,
            Some(_) => 6,
        };
        let yes = prop_oneof![3 => Just(true), 1 => Just(false)];
        choices.push((weight, yes.prop_map(move |yes| Command::AnswerShare { offer, yes }).boxed()));
    }
    choices
}

/// Those of the orders, if there are any: something done with one of them.
fn some(
    model: &Model,
    which: impl Fn(&Order) -> bool,
    weight: u32,
    what: impl Fn(usize) -> BoxedStrategy<Command> + 'static,
) -> Option<Choice> {
    let found: Vec<usize> = (0..model.orders.len()).filter(|order| which(&model.orders[*order])).collect();
    (!found.is_empty()).then(|| (weight, select(found).prop_flat_map(what).boxed()))
}

fn of_money_back(model: &Model) -> Vec<Choice> {
    let is_paid = |order: &Order| order.page == Page::Paid;
    let is_whole = |order: &Order| order.page == Page::Paid && order.dispute.is_none();
    let is_undecided = |order: &Order| order.dispute.as_ref().is_some_and(|it| it.outcome == Outcome::Open);
    let refunds = |order: usize| {
        let what = (refund(), prop_oneof![3 => Just(Hand::Creator), 1 => Just(Hand::Operator)]);
        what.prop_map(move |(amount, by)| Command::Refund { order, amount, by }).boxed()
    };
    let decides = |order: usize| any::<bool>().prop_map(move |won| Command::Decide { order, won }).boxed();
    // Whoever wants to learn on meanwhile buys again: the same, or what holds it too.
    let buyers: Vec<usize> = model.orders.iter().map(|order| order.buyer).collect();
    let again = move |order: usize| {
        let (buyer, with) = (buyers[order], With::Nothing);
        (0..PRICES.len()).prop_map(move |offer| Command::Quote { buyer, offer, with }).boxed()
    };
    let redeems = |order: usize| (0..BUYERS).prop_map(move |buyer| Command::Redeem { buyer, order }).boxed();
    let is_void = |order: &Order| is_paid(order) && order.gift && (order.revoked || order.left() == 0);
    let choices = [
        some(model, is_void, 3, redeems),
        some(model, is_paid, 4, refunds),
        some(model, is_paid, 1, |order| Just(Command::Dispute { order }).boxed()),
        some(model, is_whole, 4, |order| Just(Command::Dispute { order }).boxed()),
        some(model, is_undecided, 5, decides),
        some(model, |order| is_paid(order) && order.gift, 7, redeems),
        some(model, is_undecided, 2, again),
    ];
    choices.into_iter().flatten().collect()
}

fn of_orders(model: &Model) -> Vec<Choice> {
    let Some(newest) = model.orders.len().checked_sub(1) else { return Vec::new() };
    let order = || prop_oneof![3 => Just(newest), 2 => 0..=newest];
    let pays = |order: usize| card().prop_map(move |card| Command::Pay { order, card }).boxed();
    let open = some(model, |order| order.page == Page::Open, 18, pays);
    let mut choices = vec![
        (2, order().prop_flat_map(pays).boxed()),
        (2, order().prop_map(|order| Command::AgreeAgain { order }).boxed()),
        (2, order().prop_map(|order| Command::Cancel { order }).boxed()),
        (3, order().prop_map(|order| Command::Sync { order }).boxed()),
        (3, order().prop_map(|order| Command::Rush { order }).boxed()),
        (1, order().prop_map(|order| Command::ExpireAtStripe { order }).boxed()),
    ];
    choices.extend(open);
    choices
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
    prop_oneof![2 => Just(None), 2 => Just(Some(333)), 2 => Just(Some(1000)), 1 => Just(Some(1))]
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
