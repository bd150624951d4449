//! What lies in the bucket without a row goes in the night; what anybody needs stays; the doctor tells of both.

use chrono::{Duration, NaiveTime};
use serde_json::json;

use crate::support::{Market, PICTURE, SHEET, Studio, story};
use atelier::kernel::Instant;
use atelier::media::actions::{Stock, take_stock};

const DELETE: &str =
    "mutation($id: ID!) { assetDelete(id: $id) { deletedId userErrors { code path message } } }";
const LOST: [&str; 2] = ["m/nobody/knows", "m/nobody/knows-320"];

impl Market {
    async fn keys(&self, prefix: &str) -> Vec<String> {
        let listed = self.app().media.list(prefix, 100).await.unwrap();
        listed.into_iter().map(|object| object.key).collect()
    }

    async fn stock(&self) -> Stock {
        let app = self.app().clone();
        tokio::spawn(async move { take_stock(&app, app.now()).await }).await.unwrap().unwrap()
    }

    /// Stores what no row knows of.
    async fn loses(&self, key: &str) {
        let stored = self.app().media.put(key, (&b"?"[..]).into(), "text/plain", "no-store").await;
        stored.unwrap();
    }

    /// What the doctor says of this. A task of its own: the thread of a test has a small stack.
    async fn finding(&self, what: &str) -> (String, Option<String>) {
        let app = self.app().clone();
        let findings = tokio::spawn(async move { atelier::doctor::examine(&app).await }).await.unwrap();
        let found = findings.into_iter().find(|finding| finding.what == what).unwrap();
        (found.fine.into_owned(), found.wrong)
    }

    async fn comes_to(&self, instant: Instant) {
        self.passes(instant - self.app().now()).await;
    }
}

/// The first night that finds what lies there now older than two days.
fn third_night(now: Instant) -> Instant {
    let old = now + Duration::hours(48) + Duration::minutes(10);
    let night = old.date_naive().succ_opt().unwrap().and_time(NaiveTime::MIN).and_utc();
    night + Duration::minutes(1)
}

story! {
    async fn what_has_no_row_goes_after_two_days_and_everything_else_stays(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        studio.uploads("COVER", "image/png", PICTURE).await;
        studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
        let deleted = studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
        mira.does(DELETE, json!({ "id": deleted })).await;
        market.settles().await;
        let known = market.keys("m/").await;
        assert!(known.len() > 5, "the cover has sizes: {known:?}");
        for key in LOST {
            market.loses(key).await;
        }
        assert_eq!(market.stock().await, Stock::default(), "what is young may be under way");
        let night = third_night(market.app().now());
        market.passes(Duration::hours(3)).await;
        let stock = market.stock().await;
        assert_eq!((stock.unowned.count, stock.unowned.first), (2, LOST.map(str::to_owned).to_vec()));
        assert_eq!(stock.missing.count, 0);
        let (said, wrong) = market.finding("objects without a row").await;
        assert!(said.starts_with("ok, 2 that the nightly job removes") && said.contains(LOST[0]), "{said}");
        assert_eq!(wrong, None);
        assert_eq!(market.keys("m/").await.len(), known.len() + 2, "looking removes nothing");

        market.comes_to(night - Duration::hours(20)).await;
        let mira = mira.elsewhere();
        mira.signs_in().await;
        let studio = Studio { owner: mira.clone(), ..studio };
        let small = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        mira.sends(&small, SHEET).await;
        studio.promises("LESSON_MEDIA", "video/mp4", &vec![0; 17 * 1024 * 1024]).await;
        market.loses("m/nobody/knows-yet").await;
        market.comes_to(night).await;
        let mut left = [known, vec!["m/nobody/knows-yet".to_owned()]].concat();
        left.sort();
        assert_eq!(market.keys("m/").await, left, "the live, its sizes, the deleted of this week, the young");
        assert_eq!(market.keys("q/").await.len(), 1, "an upload under way");
        assert_eq!(market.app().media.unfinished("q/").await.unwrap().len(), 1, "and one in parts");
        let mira = mira.elsewhere();
        mira.signs_in().await;
        let done = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) { asset { state } userErrors { code path message } } }";
        assert_eq!(mira.does(done, json!({ "id": small["id"] })).await["asset"]["state"], "READY");
    }

    async fn a_file_whose_bytes_are_gone_is_named_by_the_doctor(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        studio.uploads("COVER", "image/png", PICTURE).await;
        let sheet = studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
        let key = market.keys("m/").await.into_iter().find(|key| key.contains(&sheet)).unwrap();
        market.app().media.delete(&key).await.unwrap();
        assert_eq!(market.finding("files without an object").await.1, None, "it may be under way");
        market.passes(Duration::hours(3)).await;
        let stock = market.stock().await;
        assert_eq!((stock.missing.count, &stock.missing.first), (1, &vec![key.clone()]));
        let (_, wrong) = market.finding("files without an object").await;
        assert!(wrong.is_some_and(|said| said.starts_with("1 lost") && said.contains(&key)));
    }

    async fn the_doctor_tries_the_bucket_and_leaves_nothing_behind(market) {
        for what in ["files", "uploads in parts", "upload links", "browsers"] {
            assert_eq!(market.finding(&format!("media store: {what}")).await, ("ok".to_owned(), None));
        }
        assert_eq!(market.keys("").await, Vec::<String>::new());
        assert!(market.app().media.unfinished("").await.unwrap().is_empty());
    }

    async fn many_objects_are_looked_through_page_by_page(market) {
        for number in 0..1001 {
            market.loses(&format!("m/lost/{number:04}")).await;
        }
        market.passes(Duration::hours(3)).await;
        let stock = market.stock().await;
        assert_eq!((stock.unowned.count, stock.is_strange), (1001, true));
        let (_, wrong) = market.finding("objects without a row").await;
        assert!(wrong.is_some_and(|said| said.contains("check DATABASE_URL and S3_BUCKET")));
        market.app().media.delete("m/lost/0000").await.unwrap();
        market.app().clock.advance(Duration::hours(50));
        let refused = atelier::media::actions::remove_unowned(market.app(), "").await.unwrap_err();
        assert!(refused.to_string().contains("is this their database?"), "{refused}");
        assert_eq!(market.app().media.list("m/", 2000).await.unwrap().len(), 1000, "nothing was removed");
    }
}
