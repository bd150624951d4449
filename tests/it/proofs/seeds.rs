//! From a number to a run: the same seed gives the same commands. What fails is made as small as it goes.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

use super::numbers::number;
use crate::support::{Kind, Market};

/// A model with the commands that are drawn from it, and the market that it describes.
pub trait Proof: ReferenceStateMachine + 'static {
    /// How a command is answered.
    type Answer: PartialEq + Debug;
    /// The people of the market.
    type World;
    /// The test that plays it, without the database.
    const TEST: &'static str;

    /// What the command should be answered now.
    fn answer(model: &Self::State, command: &Self::Transition) -> Self::Answer;
    /// How the installation of this market is set up.
    fn settings(_model: &Self::State) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    /// Everybody takes their place.
    async fn open(market: Market) -> Self::World;
    /// Does it; gives what was answered. `before` is the market before.
    async fn does(world: &mut Self::World, command: &Self::Transition, before: &Self::State) -> Self::Answer;
    /// Compares everything that can be seen with the model, and runs every rule.
    async fn is_like(world: &mut Self::World, model: &Self::State);
    /// The longest that it took to work through everything that was due.
    fn slowest_settle(world: &Self::World) -> Duration;
}

/// Where it begins, the commands, and how many of them were seen.
pub type History<P> = (
    <P as ReferenceStateMachine>::State,
    Vec<<P as ReferenceStateMachine>::Transition>,
    Option<Arc<AtomicUsize>>,
);

/// How to run.
#[derive(Clone, Copy)]
pub struct Terms {
    /// How many seeds, unless the environment says otherwise.
    pub seeds: u64,
    /// What to do to the product before each run, to see that the run notices.
    pub sabotage: Option<&'static str>,
    /// How long to look for fewer commands that fail too.
    pub shrink_for: Duration,
}

/// A failed seed.
pub struct Failed {
    /// Which.
    pub seed: u64,
    /// The fewest commands found that fail, and why.
    pub commands: Vec<String>,
    why: String,
    test: &'static str,
    kind: Kind,
    steps: usize,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {} fails on {:?}: {}", self.seed, self.kind, self.why)?;
        writeln!(f, "the fewest commands that fail:")?;
        for command in &self.commands {
            writeln!(f, "    {command}")?;
        }
        let name = format!("{:?}", self.kind).to_lowercase();
        write!(
            f,
            "again: ATELIER_SEED={} ATELIER_STEPS={} cargo test --test it -- --nocapture proofs::{}::{name}",
            self.seed, self.steps, self.test
        )
    }
}

/// Plays the seeds on a database: the one that failed. None also where there is no such database, which is said where it
/// is looked for.
pub fn played<P: Proof>(kind: Kind, terms: Terms) -> Option<Failed> {
    kind.place()?;
    let runtime = atelier::runtime::start(Some(2)).unwrap();
    let failed = runtime.block_on(run::<P>(kind, terms)).err();
    runtime.shutdown_timeout(Duration::from_secs(5));
    failed
}

/// How often each command is drawn with each answer in so many histories, without playing them, and how often they end
/// in what `ends` says of them.
pub fn met<P: Proof>(
    (seeds, steps): (u64, usize),
    named: impl Fn(P::Answer) -> String,
    ends: impl Fn(&P::State) -> Vec<&'static str>,
) -> BTreeMap<String, u32> {
    let mut met = BTreeMap::new();
    for seed in 0..seeds {
        let (mut model, commands, _) = drawn::<P>(seed, steps).current();
        for command in &commands {
            let name = format!("{command:?}").split([' ', '(']).next().unwrap_or_default().to_owned();
            *met.entry(format!("{name} {}", named(P::answer(&model, command)))).or_default() += 1;
            model = P::apply(model, command);
        }
        for end in ends(&model) {
            *met.entry(end.to_owned()).or_default() += 1;
        }
    }
    println!("{met:?}");
    met
}

/// Runs the seeds that the environment asks for (ATELIER_SEED one, or from it on; ATELIER_SEEDS so many), or as many as the
/// terms say.
async fn run<P: Proof>(kind: Kind, terms: Terms) -> Result<(), Failed> {
    let steps = usize::try_from(number("ATELIER_STEPS").unwrap_or(60)).unwrap();
    let seeds = match number("ATELIER_SEED") {
        Some(seed) => seed..seed + number("ATELIER_SEEDS").unwrap_or(1),
        None => 0..number("ATELIER_SEEDS").unwrap_or(terms.seeds),
    };
    for seed in seeds {
        let begun = Instant::now();
        let slowest = run_one::<P>(kind, seed, steps, terms).await?;
        let (took, slowest) = (begun.elapsed().as_secs_f32(), slowest.as_millis());
        println!(
            "{} on {kind:?}: seed {seed}, {steps} commands, held ({took:.1} s, slowest settle {slowest} ms)",
            P::TEST
        );
    }
    Ok(())
}

/// The history of a seed, and all smaller ones.
fn drawn<P: Proof>(seed: u64, steps: usize) -> impl ValueTree<Value = History<P>> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    P::sequential_strategy(steps).new_tree(&mut runner).unwrap()
}

/// Gives the slowest settle.
async fn run_one<P: Proof>(kind: Kind, seed: u64, steps: usize, terms: Terms) -> Result<Duration, Failed> {
    let mut tree = drawn::<P>(seed, steps);
    let (model, commands, seen) = tree.current();
    let (at, why) = match play::<P>(kind, model, &commands, terms.sabotage).await {
        Ok(slowest) => return Ok(slowest),
        Err(failed) => failed,
    };
    // proptest wants to know how far the run came, so that it cuts the rest off first.
    if let Some(seen) = seen {
        seen.store(at + 1, Ordering::SeqCst);
    }
    println!("{kind:?}: seed {seed} fails at command {at} ({why}); looking for fewer commands that fail");
    let mut fewest = (commands[..=at].to_vec(), why);
    let begun = Instant::now();
    let mut moved = tree.simplify();
    while moved && begun.elapsed() < terms.shrink_for {
        let (model, commands, _) = tree.current();
        moved = match play::<P>(kind, model, &commands, terms.sabotage).await {
            Err((at, why)) => {
                fewest = (commands[..=at].to_vec(), why);
                tree.simplify()
            }
            Ok(_) => tree.complicate(),
        };
    }
    let (commands, why) = fewest;
    let commands = commands.iter().map(|command| format!("{command:?}")).collect();
    Err(Failed { seed, commands, why, test: P::TEST, kind, steps })
}

/// Plays commands in a fresh market; gives the slowest settle. On failure: at which command, and why.
async fn play<P: Proof>(
    kind: Kind,
    model: P::State,
    commands: &[P::Transition],
    sabotage: Option<&str>,
) -> Result<Duration, (usize, String)> {
    let market = Market::open_with(kind.place().unwrap(), P::settings(&model)).await;
    let mut world = P::open(market.clone()).await;
    if let Some(sabotage) = sabotage {
        market.db_runs(sabotage).await;
    }
    let mut model = model;
    for (at, command) in commands.iter().enumerate() {
        let (expected, before) = (P::answer(&model, command), model.clone());
        model = P::apply(model, command);
        let step = async {
            let answer = P::does(&mut world, command, &before).await;
            assert_eq!(answer, expected, "the answer to {command:?}");
            P::is_like(&mut world, &model).await;
        };
        if let Err(panic) = AssertUnwindSafe(step).catch_unwind().await {
            market.stops();
            return Err((at, said(&*panic)));
        }
    }
    // What was still on its way arrives now, and may be wrong too.
    if let Err(panic) = AssertUnwindSafe(market.close()).catch_unwind().await {
        market.stops();
        return Err((commands.len().saturating_sub(1), said(&*panic)));
    }
    Ok(P::slowest_settle(&world))
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
