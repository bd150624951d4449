//! The commands. `main` is one line, so that the giant async parts are compiled once, in the library.

mod commands;
mod logging;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{ConfigError, Environment, Settings};
use crate::operators::model::Role;
use crate::wiring::StartError;

/// The open backend for creators who teach.
///
/// Without a command: `serve`. Without settings: a SQLite file, an S3 folder, a Stripe sandbox and a mailbox, all in
/// this one process. Settings are environment variables; .env.example explains each.
#[derive(Debug, Parser)]
#[command(name = "atelier", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers the API and works through jobs (default)
    Serve {
        /// Answer only; another process runs `atelier worker`
        #[arg(long)]
        no_worker: bool,
    },
    /// Works through jobs only
    Worker,
    /// Brings the database's tables up to date
    Migrate {
        /// What to do
        #[command(subcommand)]
        direction: Option<Direction>,
    },
    /// Prints the GraphQL schema
    Schema {
        /// The operators' schema instead of the app's
        #[arg(long)]
        admin: bool,
        /// Compare with schema.graphql (with --admin: admin.graphql) instead; exit code 1 if they differ
        #[arg(long)]
        check: bool,
    },
    /// Gives, takes and lists the roles of the people who run this installation
    Staff {
        /// What to do
        #[command(subcommand)]
        wish: StaffWish,
    },
    /// Fills the database with a demo creator, or with load data
    Seed {
        /// Creators to make; without it, the demo creator alone
        #[arg(long)]
        creators: Option<u32>,
        /// Courses to make, spread over the creators
        #[arg(long, default_value_t = 0)]
        courses: u32,
        /// Learners to make, each enrolled in one free course
        #[arg(long, default_value_t = 0)]
        learners: u32,
    },
    /// Registers the documents of apps, so that they send a number instead of a text
    Documents {
        /// What to do
        #[command(subcommand)]
        wish: DocumentsWish,
    },
    /// Looks at everything that should be true; exit code 1 and a line for each thing that is not
    Doctor,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Direction {
    /// Apply what is missing (default)
    Up,
    /// Take back the newest
    Down,
    /// List what is applied
    Status,
}

#[derive(Debug, Subcommand)]
enum DocumentsWish {
    /// Registers the documents of files; harmless when done again
    Add {
        /// Documents (.graphql), or manifests of a build tool (JSON from SHA-256 to text, or Apollo's)
        #[arg(required = true)]
        files: Vec<std::path::PathBuf>,
    },
    /// Says how many are registered
    Count,
}

#[derive(Debug, Subcommand)]
enum StaffWish {
    /// Gives the account with this address a role; it counts while the address is proven
    Grant {
        /// The account's address
        email: String,
        /// What they may do
        role: Role,
    },
    /// Takes a role from the account with this address; it ends at once
    Revoke {
        /// The account's address
        email: String,
        /// What they may no longer do
        role: Role,
    },
    /// Lists everybody with a role
    List,
}

/// Why a command did not do what it was asked.
pub(crate) enum Failure {
    /// The settings are wrong: exit code 2.
    Settings(ConfigError),
    /// Something else, said in a sentence: exit code 1.
    Said(String),
    /// Already printed: exit code 1.
    Printed,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Failure::Said(error.to_string())
    }
}

impl From<crate::kernel::Error> for Failure {
    fn from(error: crate::kernel::Error) -> Self {
        Failure::Said(error.to_string())
    }
}

/// Runs the command the process was started with. What runs until it is stopped calls `settled` once, when starting is over.
pub fn main(settled: fn()) -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command.unwrap_or(Command::Serve { no_worker: false }), settled) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Settings(error)) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
        Err(Failure::Said(sentence)) => {
            eprintln!("atelier: {sentence}");
            ExitCode::FAILURE
        }
        Err(Failure::Printed) => ExitCode::FAILURE,
    }
}

fn run(command: Command, settled: fn()) -> Result<(), Failure> {
    if let Command::Schema { admin, check } = command {
        return commands::schema(admin, check);
    }
    let settings = Settings::from(&Environment::of_process()).map_err(Failure::Settings)?;
    logging::begin(&settings);
    // Two TLS stacks in one tree would each bring a default; this is the one everybody uses.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = crate::runtime::start(settings.worker_threads)
        .map_err(|cause| Failure::Said(format!("no threads to be had: {cause}")))?;
    runtime.block_on(async {
        match command {
            Command::Serve { no_worker } => commands::serve(settings, !no_worker, settled).await,
            Command::Worker => commands::worker(settings, settled).await,
            Command::Migrate { direction } => {
                commands::migrate(settings, direction.unwrap_or(Direction::Up)).await
            }
            Command::Seed { creators, courses, learners } => {
                commands::seed(settings, creators, courses, learners).await
            }
            Command::Documents { wish } => commands::documents(settings, wish).await,
            Command::Doctor => commands::doctor(settings).await,
            Command::Staff { wish } => commands::staff(settings, wish).await,
            Command::Schema { admin, check } => commands::schema(admin, check),
        }
    })
}
