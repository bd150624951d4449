//! Following an affiliate's link: on to where it leads, with a touch in the address that the visitor's client may hand
//! to `quote`. Nothing is stored about the visitor, neither here nor in their browser.

use poem::http::{Method, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Request, Response, handler};

use crate::affiliates::actions::follow_link;
use crate::app::App;

use super::product::caller_address;

/// What machines that look at links call themselves.
const MACHINES: [&str; 10] =
    ["bot", "crawl", "spider", "slurp", "preview", "externalhit", "headless", "curl", "wget", "python"];

/// `GET /r/{token}`. A link that is unknown leads to the front page.
#[handler]
pub async fn follow(request: &Request, Path(token): Path<String>, Data(app): Data<&App>) -> Response {
    let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
    let from = caller_address(app, peer, request.headers()).to_string();
    let counted = *request.method() == Method::GET && !is_machine(request.header("user-agent"));
    let place = match follow_link(app, &token, &from, counted).await {
        Ok(place) => place,
        Err(cause) => {
            tracing::error!(%cause, "a link could not be followed");
            None
        }
    };
    Response::builder()
        .status(StatusCode::FOUND)
        .header(header::LOCATION, place.as_deref().unwrap_or("/"))
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header("x-robots-tag", "noindex")
        .finish()
}

fn is_machine(agent: Option<&str>) -> bool {
    let Some(agent) = agent.map(str::to_lowercase).filter(|agent| !agent.is_empty()) else { return true };
    MACHINES.iter().any(|machine| agent.contains(machine))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_told_from_people_as_far_as_they_say_so() {
        assert!(is_machine(None) && is_machine(Some("")));
        assert!(is_machine(Some("Mozilla/5.0 (compatible; Googlebot/2.1)")));
        assert!(!is_machine(Some("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1.15")));
    }
}
