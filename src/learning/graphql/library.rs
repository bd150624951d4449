//! Everything the viewer may learn, or once might.

use async_graphql::{Context, InputObject, Object};

use crate::catalog::graphql::OfferingKind;
use crate::connection;
use crate::enrollment::graphql::{Enrollment, EnrollmentState};
use crate::graphql::connection::connect;
use crate::graphql::{Ctx, page_request, required};
use crate::kernel::{PublicId, Result, UserId, secret};
use crate::learning::store;

connection!(EnrollmentConnection, EnrollmentEdge, Enrollment, "rights to learn");

/// What of a library to show. What is left out does not limit.
#[derive(Clone, Debug, Default, InputObject)]
pub struct LibraryFilter {
    /// Only rights that stand so.
    pub states: Option<Vec<EnrollmentState>>,
    /// Only offerings of these kinds.
    pub kinds: Option<Vec<OfferingKind>>,
    /// Only offerings whose title contains these words.
    pub search: Option<String>,
}

impl LibraryFilter {
    fn read(self) -> store::LibraryFilter {
        let search = self.search.map(|words| words.trim().chars().take(100).collect::<String>());
        store::LibraryFilter {
            states: self.states.unwrap_or_default().into_iter().map(Into::into).collect(),
            kinds: self
                .kinds
                .unwrap_or_default()
                .into_iter()
                .map(|kind| crate::catalog::model::OfferingKind::from(kind).name())
                .collect(),
            search: search.filter(|words| !words.is_empty()),
        }
    }
}

/// Learning's part of the viewer.
#[derive(Clone)]
pub struct ViewerLibrary(pub UserId);

#[Object]
impl ViewerLibrary {
    /// Everything the viewer may learn, or once might; newest right first.
    async fn library(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of it.")] filter: Option<LibraryFilter>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<EnrollmentConnection> {
        let filter = filter.unwrap_or_default().read();
        let list = format!("library:{}:{}", self.0, secret::digest(&[&format!("{filter:?}")]));
        let read = async {
            let page = page_request(ctx, &list, first, after)?;
            let app = ctx.app();
            store::library(&app.db, self.0, &filter, app.now(), &page).await
        };
        let page: Result<_> = read.await;
        let key = |right: &crate::enrollment::model::Enrollment| vec![right.id.uuid().to_string()];
        Ok(connect(ctx, &list, required(page)?, key, Enrollment::of))
    }
}
