//! A question as its bytes: what makes two requests the same.

use bytes::Bytes;
use futures_util::stream;
use poem::http::{Method, header};
use poem::{Body, Request};

use super::super::multipart;
use crate::graphql::socket;

/// The longest question that is kept, in bytes: a page's document with room to spare.
const LONGEST: usize = 8 * 1024;

/// Everything that the answer to a request from nobody in particular can depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    method: Method,
    /// None where the header is not there.
    accept: Option<Box<[u8]>>,
    encoding: Option<Box<[u8]>>,
    /// Of a GET the query part of its address, of a POST its body.
    text: Bytes,
}

impl Question {
    /// The question, if its answer could be kept. The request can still be answered after this.
    pub async fn of(request: &mut Request) -> Option<Self> {
        let headers = request.headers();
        let live = socket::wants_socket(request) || multipart::is_accepted(headers);
        if live || headers.contains_key(header::AUTHORIZATION) {
            return None;
        }
        // What stands there twice is read differently by different readers.
        let twice = |name: header::HeaderName| headers.get_all(name).iter().count() > 1;
        if twice(header::ACCEPT) || twice(header::ACCEPT_ENCODING) {
            return None;
        }
        let field = |name: &header::HeaderName| headers.get(name).map(|value| value.as_bytes().into());
        let (accept, encoding) = (field(&header::ACCEPT), field(&header::ACCEPT_ENCODING));
        let text = text(request).await.filter(|text| text.len() <= LONGEST)?;
        Some(Self { method: request.method().clone(), accept, encoding, text })
    }

    /// Bytes it takes to keep.
    pub fn weight(&self) -> usize {
        let headers = [&self.accept, &self.encoding].into_iter().flatten().map(|value| value.len());
        headers.sum::<usize>() + self.text.len()
    }
}

async fn text(request: &mut Request) -> Option<Bytes> {
    match *request.method() {
        Method::GET => Some(Bytes::copy_from_slice(request.uri().query()?.as_bytes())),
        Method::POST => posted(request).await,
        _ => None,
    }
}

/// The body of a POST that says that it is short and plain JSON; put back as it was, or as it failed.
async fn posted(request: &mut Request) -> Option<Bytes> {
    let length = request.header(header::CONTENT_LENGTH)?.parse::<usize>().ok()?;
    let plain = request.content_type().is_some_and(|kind| kind.starts_with("application/json"));
    if length > LONGEST || !plain || request.headers().contains_key(header::CONTENT_ENCODING) {
        return None;
    }
    match request.take_body().into_bytes_limit(length).await {
        Ok(body) => {
            request.set_body(body.clone());
            Some(body)
        }
        Err(_) => {
            let broken = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
            request.set_body(Body::from_bytes_stream(stream::iter([Err::<Bytes, _>(broken)])));
            None
        }
    }
}
