//! A story runs on both databases, within a limit of time, and ends with every invariant checked.

use std::future::Future;
use std::time::Duration;

use super::{Kind, Market};

/// The longest a story may take; one that hangs fails. `ATELIER_STORY_SECONDS` for long runs by hand.
const LONGEST: u64 = 180;

#[expect(clippy::disallowed_methods, reason = "a setting of the test, not of the product")]
fn longest() -> Duration {
    let wished = std::env::var("ATELIER_STORY_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(wished.unwrap_or(LONGEST))
}

/// Plays a story on one database.
pub fn play<F, Fut>(kind: Kind, story: F)
where
    F: FnOnce(Market) -> Fut,
    Fut: Future<Output = ()>,
{
    play_with(kind, &[], story);
}

/// Plays a story on one database in an installation with settings of its own.
pub fn play_with<F, Fut>(kind: Kind, own: &[(&str, &str)], story: F)
where
    F: FnOnce(Market) -> Fut,
    Fut: Future<Output = ()>,
{
    let Some(place) = kind.place() else { return };
    speak();
    let runtime = atelier::runtime::start(Some(2)).unwrap();
    runtime.block_on(async {
        let played = async {
            let market = Market::open_with(place, own).await;
            let end = market.clone();
            story(market).await;
            end.close().await;
        };
        tokio::time::timeout(longest(), played).await.expect("the story took too long");
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
}

/// With `RUST_LOG=atelier=debug` a story prints what the product has to say.
fn speak() {
    if std::env::var_os("RUST_LOG").is_some() {
        let said = tracing_subscriber::EnvFilter::from_default_env();
        let _ = tracing_subscriber::fmt().with_env_filter(said).with_test_writer().try_init();
    }
}

/// `story! { async fn a_name(market) { … } }` makes the tests `a_name::sqlite` and `a_name::postgres`.
macro_rules! story {
    ($($(#[$attribute:meta])* async fn $name:ident($market:ident) $(with ($($setting:literal = $value:literal),*))? $body:block)*) => {
        $(
            $(#[$attribute])*
            mod $name {
                #[allow(unused_imports, reason = "a story takes what it needs")]
                use super::*;

                async fn story($market: $crate::support::Market) $body

                #[test]
                fn sqlite() {
                    $crate::support::play_with($crate::support::Kind::Sqlite, &[$($(($setting, $value)),*)?], story);
                }

                #[test]
                fn postgres() {
                    $crate::support::play_with($crate::support::Kind::Postgres, &[$($(($setting, $value)),*)?], story);
                }
            }
        )*
    };
}
pub(crate) use story;
