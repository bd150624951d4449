//! People: they sign up, sign in, and ask and do things through GraphQL, as any client would.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::Market;

const PASSWORD: &str = "a quiet lake at dawn";

/// Somebody with (or yet without) an account. Clones are the same person on the same device.
#[derive(Clone)]
pub struct Person {
    /// Where they are.
    pub market: Market,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    tokens: Arc<Mutex<Tokens>>,
}

#[derive(Default)]
struct Tokens {
    access: Option<String>,
    refresh: Option<String>,
}

/// What GraphQL answered.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Value,
}

/// One entry of `userErrors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// `TAKEN`.
    pub code: String,
    /// `input.handle`.
    pub path: String,
    /// The sentence.
    pub message: String,
}

impl Answer {
    /// The data; panics with the errors if there are any.
    pub fn data(&self) -> &Value {
        assert!(self.body.get("errors").is_none(), "errors: {:#}", self.body);
        &self.body["data"]
    }

    /// The code of the first top-level error; panics if there is none.
    pub fn error_code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no error: {:#}", self.body))
    }

    /// The `userErrors` of the first root field.
    pub fn refusals(&self) -> Vec<Refused> {
        let payload =
            self.data().as_object().and_then(|data| data.values().next()).cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let errors =
            payload["userErrors"].as_array().unwrap_or_else(|| panic!("no userErrors: {:#}", self.body));
        let path = |error: &Value| {
            let parts = error["path"].as_array().cloned().unwrap_or_default();
            parts.iter().map(text).collect::<Vec<_>>().join(".")
        };
        errors
            .iter()
            .map(|e| Refused { code: text(&e["code"]), path: path(e), message: text(&e["message"]) })
            .collect()
    }
}

impl Person {
    /// A person without an account.
    pub fn new(market: Market, name: &str) -> Self {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        Self { market, name: name.to_owned(), email, tokens: Arc::default() }
    }

    /// The password everybody uses.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// The access token in use.
    pub fn token(&self) -> Option<String> {
        self.tokens.lock().unwrap().access.clone()
    }

    /// The refresh token in use.
    pub fn refresh_token(&self) -> Option<String> {
        self.tokens.lock().unwrap().refresh.clone()
    }

    /// The same person without tokens: what anybody sees.
    pub fn anonymously(&self) -> Person {
        Person { tokens: Arc::default(), ..self.clone() }
    }

    /// The same person on another device, not signed in yet.
    pub fn elsewhere(&self) -> Person {
        self.anonymously()
    }

    /// The same person on the same device, in the installation that was started after another's end.
    pub fn finds(&self, market: &Market) -> Person {
        Person { market: market.clone(), ..self.clone() }
    }

    /// Sends a document.
    pub async fn asks(&self, document: &str, variables: Value) -> Answer {
        let mut request = self.market.http().post(format!("{}/graphql", self.market.url()));
        if let Some(token) = self.token() {
            request = request.bearer_auth(token);
        }
        let body = json!({ "query": document, "variables": variables });
        let response =
            request.json(&body).header("accept", "application/graphql-response+json").send().await.unwrap();
        let status = response.status().as_u16();
        Answer { status, body: response.json().await.unwrap() }
    }

    /// Sends a mutation that must succeed; gives its payload.
    pub async fn does(&self, document: &str, variables: Value) -> Value {
        let answer = self.asks(document, variables).await;
        let payload =
            answer.data().as_object().and_then(|data| data.values().next()).cloned().unwrap_or_default();
        let refused = payload["userErrors"].as_array().is_some_and(|errors| !errors.is_empty());
        assert!(!refused && payload.is_object(), "refused: {:#}", answer.body);
        payload
    }

    /// Sends a mutation that must be refused; gives the refusals.
    pub async fn is_refused(&self, document: &str, variables: Value) -> Vec<Refused> {
        let answer = self.asks(document, variables).await;
        let refusals = answer.refusals();
        assert!(!refusals.is_empty(), "not refused: {:#}", answer.body);
        refusals
    }

    /// Sends a query that must succeed; gives the data.
    pub async fn sees(&self, document: &str, variables: Value) -> Value {
        self.asks(document, variables).await.data().clone()
    }

    /// Signs up; a letter with a code arrives.
    pub async fn signs_up(&self) {
        let input = json!({
            "email": self.email, "password": PASSWORD, "displayName": self.name,
            "termsVersion": "2026-01", "isOfAge": true, "timeZone": "Europe/Berlin",
        });
        let document = "mutation($input: SignUpInput!) { authSignUp(input: $input) { accepted userErrors { code path message } } }";
        self.does(document, json!({ "input": input })).await;
        self.market.settles().await;
    }

    /// The code in the newest letter.
    pub fn newest_code(&self) -> String {
        let letters = self.market.mail().messages(Some(&self.email));
        letters.iter().find_map(|letter| letter.code.clone()).expect("no letter with a code")
    }

    /// The token in the newest link of a letter.
    pub fn newest_link_token(&self) -> String {
        let letters = self.market.mail().messages(Some(&self.email));
        let link = letters.iter().flat_map(|letter| letter.links.iter()).find(|link| link.contains("token="));
        link.expect("no letter with a link").split("token=").nth(1).unwrap_or_default().to_owned()
    }

    /// Proves the address by the newest code, which signs in.
    pub async fn proves_address(&self) {
        let document = "mutation($input: EmailVerifyInput!) { authEmailVerify(input: $input) {
            session { accessToken refreshToken } userErrors { code path message } } }";
        let input = json!({ "code": { "email": self.email, "code": self.newest_code() } });
        let payload = self.does(document, json!({ "input": input })).await;
        self.keeps(&payload["session"]);
    }

    /// Signs in with the password.
    pub async fn signs_in(&self) {
        let payload =
            self.does(SIGN_IN, json!({ "input": { "email": self.email, "password": PASSWORD } })).await;
        self.keeps(&payload["session"]);
    }

    /// Exchanges the refresh token.
    pub async fn refreshes(&self) {
        // Without the access token, which may be over.
        let payload = self.anonymously().does(REFRESH, json!({ "token": self.refresh_token() })).await;
        self.keeps(&payload["session"]);
    }

    fn keeps(&self, session: &Value) {
        let text = |name: &str| session[name].as_str().map(str::to_owned);
        *self.tokens.lock().unwrap() = Tokens { access: text("accessToken"), refresh: text("refreshToken") };
    }
}

/// Signing in.
pub const SIGN_IN: &str = "mutation($input: SignInInput!) { authSignIn(input: $input) {
    session { accessToken refreshToken viewer { id } } userErrors { code path message } } }";

/// Exchanging a refresh token.
pub const REFRESH: &str = "mutation($token: String) { authTokenRefresh(refreshToken: $token) {
    session { accessToken refreshToken } userErrors { code path message } } }";
