//! Carries the generated client's requests through our executor.
//!
//! Keeps true: an answer that does not parse keeps its status, request id and body hash, which the generated
//! client alone would lose; its own retry strategies, which send no key, are refused.
//! Not here: HTTP.

use std::fmt::Display;
use std::sync::OnceLock;

use bytes::Bytes;
use stripe_client_core::{
    CustomizedStripeRequest, IdempotencyKey as WireKey, RequestBuilder, RequestStrategy, StripeClient,
    StripeClientErr, StripeRequest,
};

use crate::answer::Answer;
use crate::executor::{Executor, Terms};
use crate::plain::Nonsense;
use crate::{IdempotencyKey, StripeError, StripeGateway, UncertainCause};

impl StripeGateway {
    /// Reads something. `convert` turns the generated type into ours.
    pub(crate) async fn read<R, T>(
        &self,
        request: &R,
        convert: impl FnOnce(R::Output) -> Result<T, Nonsense>,
    ) -> Result<T, StripeError>
    where
        R: StripeRequest,
        R::Output: miniserde::Deserialize,
    {
        self.call(request, RequestStrategy::Once, convert).await
    }

    /// Changes something, once per key.
    pub(crate) async fn write<R, T>(
        &self,
        key: &IdempotencyKey,
        request: &R,
        convert: impl FnOnce(R::Output) -> Result<T, Nonsense>,
    ) -> Result<T, StripeError>
    where
        R: StripeRequest,
        R::Output: miniserde::Deserialize,
    {
        let key = WireKey::new(key.as_str()).map_err(|error| StripeError::invalid(error.to_string()))?;
        self.call(request, RequestStrategy::Idempotent(key), convert).await
    }

    /// The answer as it came, for the few objects read without the generated types.
    pub(crate) async fn raw(
        &self,
        request: RequestBuilder,
        account: Option<String>,
    ) -> Result<Answer, StripeError> {
        self.executor.run(&request, &Terms { account, ..Terms::default() }).await
    }

    /// The same for what changes something, once per key.
    pub(crate) async fn raw_write(
        &self,
        request: RequestBuilder,
        account: Option<String>,
        key: &IdempotencyKey,
    ) -> Result<Answer, StripeError> {
        let key = Some(key.as_str().to_owned());
        self.executor.run(&request, &Terms { account, key, ..Terms::default() }).await
    }

    async fn call<R, T>(
        &self,
        request: &R,
        strategy: RequestStrategy,
        convert: impl FnOnce(R::Output) -> Result<T, Nonsense>,
    ) -> Result<T, StripeError>
    where
        R: StripeRequest,
        R::Output: miniserde::Deserialize,
    {
        let call = Call { executor: &self.executor, answer: OnceLock::new() };
        let sent = request.customize().request_strategy(strategy).send(&call).await;
        let converted = match sent {
            Ok(output) => convert(output).map_err(|Nonsense| Failure::Unreadable),
            Err(failure) => Err(failure),
        };
        converted.map_err(|failure| call.explain(failure))
    }
}

/// One call: the executor, and the answer it got.
struct Call<'a> {
    executor: &'a Executor,
    answer: OnceLock<Answer>,
}

impl Call<'_> {
    fn explain(&self, failure: Failure) -> StripeError {
        match (failure, self.answer.get()) {
            (Failure::Stripe(error), _) => error,
            (Failure::Unreadable, Some(answer)) => {
                let error = answer.uncertain(UncertainCause::Unreadable);
                tracing::error!(%error, "stripe's answer does not have the shape of its API version");
                error
            }
            (Failure::Unreadable, None) => StripeError::invalid("the request could not be written"),
        }
    }
}

enum Failure {
    Stripe(StripeError),
    Unreadable,
}

impl StripeClientErr for Failure {
    fn deserialize_err(_: impl Display) -> Self {
        Self::Unreadable
    }
}

impl StripeClient for Call<'_> {
    type Err = Failure;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, Failure> {
        let (request, terms) = request.into_pieces();
        let terms = Terms {
            key: terms.request_strategy.and_then(|strategy| keyed(&strategy)),
            account: terms.account_id.map(|account| account.as_str().to_owned()),
            timeout: terms.timeout,
            version: None,
        };
        let answer = self.executor.run(&request, &terms).await.map_err(Failure::Stripe)?;
        let body = answer.body.clone();
        // A call is executed once; a second answer would have nowhere to go.
        let _ = self.answer.set(answer);
        Ok(body)
    }
}

/// Only a key the caller chose counts; the crate's retrying strategies would invent one or send none.
fn keyed(strategy: &RequestStrategy) -> Option<String> {
    match strategy {
        RequestStrategy::Idempotent(key) => Some(key.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use stripe_core::customer::CreateCustomer;

    use super::*;
    use crate::Settings;

    #[tokio::test]
    async fn a_post_without_a_key_never_reaches_the_network() {
        // Port 9 answers nobody: an attempt to connect would be reported as uncertain.
        let gateway =
            StripeGateway::connect(Settings::new("sk_test_1", "http://127.0.0.1:9")).expect("a gateway");
        for strategy in
            [RequestStrategy::Once, RequestStrategy::Retry(3), RequestStrategy::ExponentialBackoff(3)]
        {
            let refused = gateway.call(&CreateCustomer::new(), strategy, |_| Ok(())).await;
            assert!(matches!(refused, Err(StripeError::Invalid { .. })), "{refused:?}");
        }
    }
}
