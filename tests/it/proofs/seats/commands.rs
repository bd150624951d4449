//! Which commands come next: drawn from a seed, with the weights of a busy evening.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::{BoxedStrategy, Union};
use proptest_state_machine::ReferenceStateMachine;

use super::model::{DAY, FREE, Model, PEOPLE, PLACES};
use super::places::{Page, State};
use super::words::{Answer, Command};
use super::world::World;
use crate::proofs::seeds::Proof;
use crate::support::Market;

/// The model of seats as `proptest-state-machine` wants it.
pub struct SeatCommands;

type Choice = (u32, BoxedStrategy<Command>);

impl ReferenceStateMachine for SeatCommands {
    type State = Model;
    type Transition = Command;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Command> {
        let choices: Vec<Choice> =
            [of_wishes(), of_pages(model), of_seats(model)].into_iter().flatten().collect();
        Union::new_weighted(choices).boxed()
    }

    fn apply(model: Model, command: &Command) -> Model {
        model.after(command)
    }

    fn preconditions(model: &Model, command: &Command) -> bool {
        model.allows(command)
    }
}

impl Proof for SeatCommands {
    type Answer = Answer;
    type World = World;
    const TEST: &'static str = "seats_hold";

    fn answer(model: &Model, command: &Command) -> Answer {
        model.answer(command)
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

fn of_wishes() -> Vec<Choice> {
    let pair = || (0..PEOPLE, 0..PLACES.len());
    let minutes = select(vec![20, 20, 20, 40, DAY, 4 * DAY]);
    // Others by how far they sit from who buys.
    let others = subsequence((1..PEOPLE).collect::<Vec<_>>(), 1..PEOPLE);
    let brings = (0..PEOPLE, 0..FREE, any::<bool>(), others).prop_map(|(who, session, own, others)| {
        let others = others.into_iter().map(|other| (who + other) % PEOPLE).collect();
        Command::Bring { who, session, own, others }
    });
    // Never more than the product lets anybody wait for; at the smaller sessions mostly what they have.
    let seats = select(vec![1, 1, 1, 2, 2, 3, 4]);
    let waits = (pair(), seats).prop_map(|((who, session), seats)| {
        let seats = if PLACES[session] == 1 && seats < 4 { 1 } else { seats };
        Command::Wait { who, session, seats }
    });
    vec![
        (14, pair().prop_map(|(who, session)| Command::Take { who, session }).boxed()),
        (10, brings.boxed()),
        (14, waits.boxed()),
        (5, minutes.prop_map(|minutes| Command::Pass { minutes }).boxed()),
    ]
}

/// Something done with one of those that were found, if any were.
fn some<T: Clone + std::fmt::Debug + 'static>(
    found: Vec<T>,
    weight: u32,
    what: impl Fn(T) -> Command + 'static,
) -> Option<Choice> {
    (!found.is_empty()).then(|| (weight, select(found).prop_map(what).boxed()))
}

fn of_pages(model: &Model) -> Vec<Choice> {
    let with = |page: Page| -> Vec<usize> {
        (0..model.orders.len()).filter(|order| model.orders[*order].page == page).collect()
    };
    let choices = [
        some(with(Page::Open), 12, |order| Command::Pay { order }),
        some(with(Page::Open), 2, |order| Command::Decline { order }),
        some(with(Page::Open), 3, |order| Command::Cancel { order }),
        some(with(Page::Open), 3, |order| Command::PayUnheard { order }),
        some(with(Page::Open), 4, |_| Command::Forget),
        some(with(Page::Forgotten), 6, |order| Command::Pay { order }),
    ];
    choices.into_iter().flatten().collect()
}

fn of_seats(model: &Model) -> Vec<Choice> {
    let in_state = |wanted: &'static [State]| -> Vec<(usize, usize)> {
        let found = model.seats.iter().filter(|seat| wanted.contains(&seat.state));
        found.filter_map(|seat| Some((seat.who?, seat.session))).collect()
    };
    let theirs = in_state(&[State::Seated, State::Unseated]);
    let any = in_state(&[State::Seated, State::Unseated, State::Held]);
    let waiting: Vec<_> =
        model.entries.iter().filter(|entry| entry.live).map(|entry| (entry.who, entry.session)).collect();
    let bought: Vec<_> = (0..model.orders.len())
        .flat_map(|order| (0..model.orders[order].seats.len()).map(move |place| (order, place)))
        .filter(|(order, place)| model.seats[model.orders[*order].seats[*place]].companion.is_some())
        .collect();
    let given = any.iter().flat_map(|(who, session)| (0..PEOPLE).map(|to| (*who, *session, to))).collect();
    let moved = any.iter().flat_map(|(who, from)| (0..PLACES.len()).map(|to| (*who, *from, to))).collect();
    let choices = [
        some(waiting, 4, |(who, session)| Command::Leave { who, session }),
        some(theirs, 6, |(who, session)| Command::GiveUp { who, session }),
        some(any, 1, |(who, session)| Command::GiveUp { who, session }),
        some(bought, 4, |(order, place)| Command::TakeBack { order, place }),
        some(given, 3, |(who, session, to)| Command::Transfer { who, session, to }),
        some(moved, 5, |(who, from, to)| Command::Move { who, from, to }),
    ];
    choices.into_iter().flatten().collect()
}
