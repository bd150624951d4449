//! What each command does.

use std::time::Duration;

use migration::{MigrationStatus, Migrator, MigratorTrait};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Settings;
use crate::db::Db;
use crate::operators::actions as operators;
use crate::operators::model::StaffMember;
use crate::server::Server;
use crate::{doctor, documents, seed, wiring, worker};

use super::{Direction, DocumentsWish, Failure, StaffWish};

/// How long what starts goes on after the server has said that it is ready: the first round of jobs.
const SETTLING: Duration = Duration::from_secs(1);

/// `atelier serve`
pub(super) async fn serve(settings: Settings, with_worker: bool, settled: fn()) -> Result<(), Failure> {
    let server = Server::open(settings).await?;
    prepare(&server).await?;
    if !server.app.settings.is_production() {
        seed::demo(&server.app).await?;
    }
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    announce(&server);
    tokio::spawn(settle(settled));
    Ok(server.run(with_worker, stop).await?)
}

/// SQLite, and any database of a sandbox, is brought up to date; a production PostgreSQL only by `atelier migrate`.
async fn prepare(server: &Server) -> Result<(), Failure> {
    let app = &server.app;
    if app.db.is_sqlite() || !app.settings.is_production() {
        return Ok(app.db.migrate().await?);
    }
    match doctor::missing(app).await? {
        0 => Ok(()),
        missing => Err(lacks(missing)),
    }
}

fn lacks(missing: usize) -> Failure {
    Failure::Said(format!(
        "the database lacks {missing} migrations. Run `atelier migrate` first, then this again."
    ))
}

/// What a command works on that changes the database beside a running server, or before its first start.
async fn beside(settings: Settings) -> Result<App, Failure> {
    let app = wiring::beside(settings).await?;
    match doctor::missing(&app).await? {
        0 => Ok(app),
        missing => Err(lacks(missing)),
    }
}

/// Says where everything is, in words.
fn announce(server: &Server) {
    let app = &server.app;
    let line = |path: &str, what: &str| println!("  {:<44} {what}", app.link(path));
    println!("Atelier is ready.");
    line("/graphql", "the API");
    if app.settings.introspection {
        line("/graphiql", "explore the API in a browser");
    }
    #[cfg(feature = "sandbox")]
    if server.embedded.any() {
        line("/sandbox", "mailbox, payments and clock of the sandbox");
        line("/sandbox/mail", "letters that were sent");
    }
    line("/readyz", "whether database and media store answer");
    if !app.settings.is_production() {
        line(seed::DEMO_PATH, "the demo storefront");
        println!("  Sign in to it as {} with the password \"{}\".", seed::DEMO_EMAIL, seed::DEMO_PASSWORD);
    }
    println!("  Data lies in {}.", app.settings.data_dir.display());
    println!("Listening on http://{} (stop with Ctrl-C)", server.address);
}

async fn settle(settled: fn()) {
    tokio::time::sleep(SETTLING).await;
    let _ = tokio::task::spawn_blocking(settled).await;
}

async fn stop_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: running requests and jobs finish first");
    stop.cancel();
}

/// `atelier worker`
pub(super) async fn worker(mut settings: Settings, settled: fn()) -> Result<(), Failure> {
    if settings.s3.is_none() || settings.stripe.is_none() || settings.smtp_url.is_none() {
        return Err(Failure::Said(
            "a worker of its own needs real S3, Stripe and SMTP settings: the embedded ones live inside `atelier serve`, \
             which works through jobs itself."
                .to_owned(),
        ));
    }
    settings.port = 0;
    let server = Server::open(settings).await?;
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    println!("Working through jobs (stop with Ctrl-C).");
    tokio::spawn(settle(settled));
    worker::run(server.app, stop).await;
    Ok(())
}

/// `atelier migrate`
pub(super) async fn migrate(settings: Settings, direction: Direction) -> Result<(), Failure> {
    let folder = &settings.data_dir;
    std::fs::create_dir_all(folder)
        .map_err(|cause| Failure::Said(format!("{}: {cause}", folder.display())))?;
    let db = Db::open(settings.database_url.reveal(), 2).await?;
    let said = |cause: sea_orm::DbErr| Failure::Said(format!("migrating failed: {cause}"));
    match direction {
        Direction::Up => Migrator::up(db.read(), None).await.map_err(said)?,
        Direction::Down => Migrator::down(db.read(), Some(1)).await.map_err(said)?,
        Direction::Status => {}
    }
    for migration in Migrator::get_migration_with_status(db.read()).await.map_err(said)? {
        let word = if migration.status() == MigrationStatus::Applied { "applied" } else { "missing" };
        println!("{word}  {}", migration.name());
    }
    db.close().await;
    Ok(())
}

/// `atelier schema`
pub(super) fn schema(admin: bool, check: bool) -> Result<(), Failure> {
    let (file, sdl, command) = if admin {
        ("admin.graphql", crate::graphql::admin::sdl(), "schema --admin")
    } else {
        ("schema.graphql", crate::graphql::sdl(), "schema")
    };
    if !check {
        print!("{sdl}");
        return Ok(());
    }
    let kept = std::fs::read_to_string(file)
        .map_err(|cause| Failure::Said(format!("{file} cannot be read here: {cause}")))?;
    if kept == sdl {
        println!("{file} is what this binary serves.");
        return Ok(());
    }
    let line =
        kept.lines().zip(sdl.lines()).position(|(kept, served)| kept != served).unwrap_or_default() + 1;
    Err(Failure::Said(format!(
        "{file} differs from what this binary serves, first in line {line}. Run `atelier {command} > {file}`."
    )))
}

/// `atelier staff`
pub(super) async fn staff(settings: Settings, wish: StaffWish) -> Result<(), Failure> {
    let app = beside(settings).await?;
    let said = match wish {
        StaffWish::Grant { email, role } => match operators::grant(&app, &email, role).await? {
            true => format!("{email} has the role {} now.", role.name()),
            false => format!("{email} has the role {} already.", role.name()),
        },
        StaffWish::Revoke { email, role } => match operators::revoke(&app, &email, role).await? {
            true => format!("{email} has the role {} no longer.", role.name()),
            false => format!("{email} does not have the role {}.", role.name()),
        },
        StaffWish::List => staff_list(&operators::staff(&app).await?),
    };
    app.db.close().await;
    println!("{said}");
    Ok(())
}

fn staff_list(staff: &[StaffMember]) -> String {
    if staff.is_empty() {
        return "Nobody has a role. Give one with `atelier staff grant EMAIL ROLE`.".to_owned();
    }
    let line = |member: &StaffMember| {
        let unproven = if member.is_proven { "" } else { " (address not proven: does not count yet)" };
        let since = member.granted_at.format("%Y-%m-%d");
        format!("{:<12} {} since {since}{unproven}", member.role.name(), member.email)
    };
    staff.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `atelier documents`
pub(super) async fn documents(settings: Settings, wish: DocumentsWish) -> Result<(), Failure> {
    let mut all = Vec::new();
    if let DocumentsWish::Add { files } = &wish {
        for file in files {
            let unread = |why: &dyn std::fmt::Display| Failure::Said(format!("{}: {why}", file.display()));
            let text = std::fs::read_to_string(file).map_err(|cause| unread(&cause))?;
            all.extend(documents::read(&text).map_err(|why| unread(&why))?);
        }
    }
    let app = beside(settings).await?;
    let new = documents::register(&app, &all).await?;
    let count = documents::count(&app).await?;
    app.db.close().await;
    if let DocumentsWish::Add { .. } = wish {
        all.iter().for_each(|document| println!("sha256:{}", document.id));
        println!("{new} of {} are new.", all.len());
    }
    println!("{count} documents are registered.");
    Ok(())
}

/// `atelier doctor`
pub(super) async fn doctor(settings: Settings) -> Result<(), Failure> {
    let app = wiring::beside(settings).await?;
    let findings = doctor::examine(&app).await;
    app.db.close().await;
    println!("settings: ok");
    for finding in &findings {
        match &finding.wrong {
            None => println!("{}: {}", finding.what, finding.fine),
            Some(wrong) => println!("{}: WRONG: {wrong}", finding.what),
        }
    }
    if findings.iter().any(|finding| finding.wrong.is_some()) { Err(Failure::Printed) } else { Ok(()) }
}

/// `atelier seed`
pub(super) async fn seed(
    settings: Settings,
    creators: Option<u32>,
    courses: u32,
    learners: u32,
) -> Result<(), Failure> {
    let app = wiring::beside(settings).await?;
    app.db.migrate().await?;
    match creators {
        None => {
            let made = seed::demo(&app).await?;
            println!(
                "{}",
                if made { "The demo creator is there." } else { "The demo creator was there already." }
            );
        }
        Some(creators) => {
            seed::load(&app, seed::Amounts { creators, courses, learners }, |line| println!("{line}")).await?
        }
    }
    app.db.close().await;
    Ok(())
}
