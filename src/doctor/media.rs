//! The media store: whether it answers, whether everything we do with it works, and whether bucket and rows agree.
//!
//! Nothing is removed here but what this look itself has stored. An embedded store that is not running is fine.

use std::borrow::Cow;

use crate::app::App;
use crate::kernel::Instant;
use crate::media::actions::{Odd, Stock, take_stock};

use super::Finding;
use super::bucket::RoundTrip;

/// Looks at the store; at the rows too where they can be read.
pub(super) async fn examine(app: &App, is_migrated: bool) -> Vec<Finding> {
    let answers = match app.media.ping().await {
        Ok(()) => Finding::of("media store", None),
        Err(_) if app.settings.s3.is_none() => {
            let fine = "embedded, not running (it answers while `atelier serve` runs)".into();
            return vec![Finding { fine, ..Finding::of("media store", None) }];
        }
        Err(cause) => return vec![Finding::of("media store", Some(silent(&cause)))],
    };
    let (trip, now) = Box::pin(RoundTrip::made(app)).await;
    let named = [
        ("media store: files", trip.files),
        ("media store: uploads in parts", trip.parts),
        ("media store: upload links", trip.links),
        ("media store: browsers", trip.browsers),
    ];
    let mut findings = vec![answers];
    findings.extend(named.into_iter().map(|(what, wrong)| Finding::of(what, wrong)));
    if is_migrated {
        findings.extend(stock(app, now).await);
    }
    findings
}

fn silent(cause: &media_store::MediaStoreError) -> String {
    format!(
        "does not answer: {cause}. Nobody can upload, play or see a picture. Check S3_ENDPOINT, S3_BUCKET, S3_REGION, \
         S3_PATH_STYLE and the key pair, and allow s3:ListBucket."
    )
}

async fn stock(app: &App, now: Instant) -> Vec<Finding> {
    let (objects, rows) = ("objects without a row", "files without an object");
    match take_stock(app, now).await {
        Ok(stock) => vec![
            Finding { fine: unowned(&stock.unowned), ..Finding::of(objects, strange(&stock)) },
            Finding::of(rows, missing(&stock.missing)),
        ],
        Err(cause) => vec![Finding::of(objects, Some(format!("could not be looked for: {cause}")))],
    }
}

fn unowned(odd: &Odd) -> Cow<'static, str> {
    match odd.count {
        0 => "ok".into(),
        count => format!("ok, {count} that the nightly job removes after 48 hours ({})", named(odd)).into(),
    }
}

fn strange(stock: &Stock) -> Option<String> {
    stock.is_strange.then(|| {
        format!(
            "most of the bucket has no row, {} objects ({}), so none of them is removed: check DATABASE_URL and \
             S3_BUCKET, one of the two belongs to another installation.",
            stock.unowned.count,
            named(&stock.unowned)
        )
    })
}

fn missing(odd: &Odd) -> Option<String> {
    (odd.count > 0).then(|| {
        format!(
            "{} lost ({}): learners see a player that never starts. Put the objects back from a copy of the bucket \
             under these keys, or have the creators upload them again.",
            odd.count,
            named(odd)
        )
    })
}

fn named(odd: &Odd) -> String {
    let more = if odd.count > odd.first.len() { ", …" } else { "" };
    format!("{}{more}", odd.first.join(", "))
}
