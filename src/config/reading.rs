//! Reading settings one by one while noting everything that is wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::Secret;

/// Names and values, as the process was started with.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_process() -> Self {
        std::env::vars().collect()
    }

    /// With one more setting.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Everything that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The settings cannot be used:")?;
        for line in &self.0 {
            writeln!(f, "  - {line}")?;
        }
        write!(f, "Every setting is explained in .env.example.")
    }
}

impl std::error::Error for ConfigError {}

/// Reads settings, keeps notes.
pub(super) struct Reader<'e> {
    environment: &'e Environment,
    wrong: Vec<String>,
}

impl<'e> Reader<'e> {
    pub(super) fn new(environment: &'e Environment) -> Self {
        Self { environment, wrong: Vec::new() }
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.wrong.is_empty() { Ok(value) } else { Err(ConfigError(self.wrong)) }
    }

    /// Notes what is wrong with a setting.
    pub(super) fn wrong(&mut self, name: &str, why: &str) {
        let line = format!("{name} {why}");
        if !self.wrong.iter().any(|known| known.starts_with(&format!("{name} "))) {
            self.wrong.push(line);
        }
    }

    pub(super) fn text(&self, name: &str, default: &str) -> String {
        self.environment.get(name).unwrap_or(default).to_owned()
    }

    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        self.environment.get(name).map(Secret::new)
    }

    /// The first choice is the default.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> T {
        let given = self.environment.get(name).unwrap_or(choices[0].0);
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == given) {
            return *value;
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.wrong(name, &format!("must be one of: {}", words.join(", ")));
        choices[0].1
    }

    pub(super) fn number(&mut self, name: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let Some(given) = self.environment.get(name) else { return default };
        match given.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.wrong(name, &format!("must be a number from {} to {}", range.start(), range.end()));
                default
            }
        }
    }

    pub(super) fn optional_number(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<usize> {
        self.environment.get(name)?;
        let fallback = *range.start();
        usize::try_from(self.number(name, fallback, range)).ok()
    }

    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, default: &str, expected: &str) -> T {
        let given = self.text(name, default);
        given.parse().unwrap_or_else(|_| {
            self.wrong(name, &format!("must be {expected}"));
            match default.parse() {
                Ok(value) => value,
                Err(_) => unreachable!("the default of {name} parses"),
            }
        })
    }

    pub(super) fn url(&mut self, name: &str, default: &str) -> String {
        let given = self.text(name, default);
        let fine = poem::http::Uri::from_str(&given)
            .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
        if !fine {
            self.wrong(name, "must be an address such as https://example.com");
        }
        given.trim_end_matches('/').to_owned()
    }

    pub(super) fn optional_url(&mut self, name: &str) -> Option<String> {
        self.environment.get(name)?;
        Some(self.url(name, ""))
    }

    pub(super) fn must_be_https(&mut self, name: &str, url: &str) {
        if !url.starts_with("https://") {
            self.wrong(name, "must begin with https:// in production");
        }
    }

    /// `LOG`, or `RUST_LOG`, or what suits most.
    pub(super) fn log_filter(&mut self) -> String {
        let named = if self.environment.get("LOG").is_some() { "LOG" } else { "RUST_LOG" };
        let filter = self.text(named, "info");
        if tracing_subscriber::EnvFilter::try_new(&filter).is_err() {
            self.wrong(named, "must be a log filter such as info or atelier=debug");
        }
        filter
    }

    pub(super) fn addresses(&mut self, name: &str) -> Vec<IpAddr> {
        let Some(given) = self.environment.get(name) else { return Vec::new() };
        let parsed: Result<Vec<IpAddr>, _> = given.split(',').map(|part| part.trim().parse()).collect();
        parsed.unwrap_or_else(|_| {
            self.wrong(name, "must be addresses separated by commas, such as 10.0.0.1,10.0.0.2");
            Vec::new()
        })
    }

    /// Current and previous secret, separated by a comma.
    pub(super) fn webhook_secrets(&mut self, name: &str) -> Vec<Secret> {
        let given = self.text(name, "");
        let secrets: Vec<&str> = given.split(',').map(str::trim).collect();
        if secrets.iter().any(|secret| secret.len() < 16) {
            self.wrong(name, "must be Stripe's signing secret (whsec_…), or the current and the previous one separated by a comma");
        }
        secrets.into_iter().map(Secret::new).collect()
    }

    /// True if a part is configured. Some but not all of its settings is a mistake worth naming.
    pub(super) fn all_or_none(&mut self, instead: &str, required: &[&str], extra: &[&str]) -> bool {
        let given = |name: &&&str| self.environment.get(name).is_some();
        let any = required.iter().chain(extra).any(|name| given(&name));
        let missing: Vec<&str> = required.iter().filter(|name| !given(name)).copied().collect();
        if any {
            for name in missing {
                self.wrong(
                    name,
                    &format!("is missing: set it, or none of {} to use {instead}", required.join(", ")),
                );
            }
        }
        any
    }
}
