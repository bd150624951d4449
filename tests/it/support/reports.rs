//! Files with figures, asked for and downloaded as a team does.

use serde_json::{Value, json};

use super::{Market, Person};

/// Asks for a report.
pub const EXPORT: &str = "mutation($id: ID!, $kind: ReportKind!, $range: DateRangeInput!) {
    reportExportCreate(creatorId: $id, kind: $kind, range: $range) {
        export { id kind state url expiresAt } userErrors { code path message } } }";
/// Looks at one.
pub const EXPORTED: &str =
    "query($id: ID!) { node(id: $id) { ... on ReportExport { kind state url expiresAt } } }";

impl Person {
    /// Asks for a report over the last days and tomorrow; gives it as it is once its job has run.
    pub async fn exports(&self, market: &Market, creator: &str, kind: &str) -> Value {
        let day =
            |offset| (market.app().now() + chrono::Duration::days(offset)).format("%Y-%m-%d").to_string();
        let wish = json!({ "id": creator, "kind": kind, "range": { "from": day(-3), "to": day(1) } });
        let export = self.does(EXPORT, wish).await["export"].clone();
        assert_eq!((&export["state"], &export["url"]), (&json!("QUEUED"), &json!(null)));
        market.settles().await;
        let mut made = self.sees(EXPORTED, json!({ "id": export["id"] })).await["node"].clone();
        assert_eq!(made["state"], "READY", "{made:#}");
        made["id"] = export["id"].clone();
        made
    }

    /// Asks for a report and downloads it: its lines, the header first.
    pub async fn downloads(&self, market: &Market, creator: &str, kind: &str) -> Vec<String> {
        let made = self.exports(market, creator, kind).await;
        let answer = market.http().get(made["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let saved = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(saved.starts_with("attachment") && saved.contains(&kind.to_lowercase()), "{saved}");
        answer.text().await.unwrap().lines().map(str::to_owned).collect()
    }
}
