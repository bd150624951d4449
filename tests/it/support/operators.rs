//! Operators: people with a role, at the admin endpoint.

use atelier::kernel::CreatorId;
use atelier::operators::actions as staff;
use atelier::operators::model::Role;
use serde_json::{Value, json};

use super::people::Answer;
use super::{Market, Person};

impl Market {
    /// A person with a role, given on the command line's way.
    pub async fn operator(&self, name: &str, role: Role) -> Person {
        let person = self.person(name).await;
        staff::grant(self.app(), &person.email, role).await.unwrap();
        person
    }
}

impl Person {
    /// Sends a document to the admin endpoint.
    pub async fn asks_admin(&self, document: &str, variables: Value) -> Answer {
        let mut request = self.market.http().post(format!("{}/admin/graphql", self.market.url()));
        if let Some(token) = self.token() {
            request = request.bearer_auth(token);
        }
        let body = json!({ "query": document, "variables": variables });
        let accept = "application/graphql-response+json";
        let response = request.json(&body).header("accept", accept).send().await.unwrap();
        let status = response.status().as_u16();
        Answer { status, body: response.json().await.unwrap() }
    }

    /// Asks the admin endpoint what must be answered; gives the data.
    pub async fn sees_admin(&self, document: &str, variables: Value) -> Value {
        self.asks_admin(document, variables).await.data().clone()
    }

    /// Does at the admin endpoint what must succeed; gives the payload.
    pub async fn does_admin(&self, document: &str, variables: Value) -> Value {
        let answer = self.asks_admin(document, variables).await;
        let payload = answer.data().as_object().and_then(|data| data.values().next()).cloned().unwrap();
        assert_eq!(payload["userErrors"], json!([]), "{:#}", answer.body);
        payload
    }

    /// Keeps a creator's money from being sent, or lets it go.
    pub async fn holds_money_back(&self, creator: CreatorId, hold: bool) {
        let document = "mutation($id: ID!, $hold: Boolean!) {
            adminPayoutHold(creatorId: $id, hold: $hold, reason: \"A report\") { userErrors { code path } } }";
        let variables = json!({ "id": creator.to_string(), "hold": hold });
        self.comes_back().await.does_admin(document, variables).await;
    }

    /// Has looked at every open case.
    pub async fn closes_cases(&self) {
        let me = self.comes_back().await;
        let open = me.sees_admin("{ adminCases(first: 100) { nodes { id } } }", json!({})).await;
        let close = "mutation($id: ID!) { adminCaseClose(id: $id, note: \"Looked at.\") { userErrors { code path } } }";
        for case in open["adminCases"]["nodes"].as_array().unwrap() {
            me.does_admin(close, json!({ "id": case["id"] })).await;
        }
    }
}
