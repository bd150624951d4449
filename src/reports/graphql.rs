//! Exports as a creator's team sees them.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::creators::{Membership, desk};
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Url, answer, context::id, field, required};
use crate::kernel::{CreatorId, Denied, Error, ReportExportId, Result};
use crate::payload;
use crate::payments::graphql::DateRangeInput;

use super::actions;
use super::model::{self, Kind, State};

payload! {
    /// Answer of `reportExportCreate`.
    ReportExportCreatePayload {
        /// The report, which a job makes now.
        export: ReportExport,
    }
}

/// A report as a CSV file.
#[derive(Clone)]
pub struct ReportExport(pub model::Export);

/// A report as a CSV file: made within minutes, kept for 24 hours. Amounts are decimals with their currency beside them,
/// instants are RFC 3339 in UTC; words that a spreadsheet could take for a formula begin with `'`.
#[Object]
impl ReportExport {
    /// `exp_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it lists.
    async fn kind(&self) -> ReportKind {
        self.0.kind.into()
    }

    /// How far it is.
    async fn state(&self, ctx: &Context<'_>) -> JobState {
        self.0.state_at(ctx.app().now()).into()
    }

    /// Where to download it, for whoever holds the address and as long as it is READY; null otherwise.
    async fn url(&self, ctx: &Context<'_>) -> Fallible<Url> {
        let found = actions::address(ctx.app(), &self.0).await;
        field(found.map(|found| found.map(Url::from)))
    }

    /// When the file goes; null until it is there.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }
}

/// What a report lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub enum ReportKind {
    /// Paid orders, and where the money of each went. Needs ANALYTICS.
    Sales,
    /// The book, line by line. Needs FINANCE.
    Ledger,
    /// Who bought in these days, and for how much. Needs FINANCE.
    Customers,
    /// Commissions of those who recommend the creator. Needs FINANCE.
    Affiliates,
    /// Seats at sessions that begin in these days: whose, how they came by them, and when they were there. Needs FINANCE.
    Attendance,
}

/// How far something is that takes a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    /// Being made.
    Running,
    /// Made.
    Ready,
    /// Could not be made; ask again.
    Failed,
    /// Was there, and is gone.
    Expired,
}

/// Reports' mutations.
#[derive(Default)]
pub struct ReportsMutation;

#[Object]
impl ReportsMutation {
    /// Asks for a report as a CSV file; read `node` or `studio.exports` until it is READY. SALES needs ANALYTICS, every
    /// other kind FINANCE.
    async fn report_export_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "What it lists.")] kind: ReportKind,
        #[graphql(desc = "Of which days.")] range: DateRangeInput,
    ) -> Fallible<ReportExportCreatePayload> {
        let done = request(ctx, &creator_id, kind.into(), &range).await;
        answer(done.map(|export| ReportExportCreatePayload {
            export: Some(ReportExport(export)),
            user_errors: Vec::new(),
        }))
    }
}

async fn request(
    ctx: &Context<'_>,
    creator: &ID,
    kind: Kind,
    range: &DateRangeInput,
) -> Result<model::Export> {
    let viewer = ctx.viewer()?;
    let creator: CreatorId = id(&["creatorId"], creator)?;
    let desk = desk(ctx.app(), viewer, creator, kind.permission()).await.missing_at(&["creatorId"])?;
    actions::request(ctx.app(), &desk, kind, range.bounds()?).await
}

/// An export by its id: for the team with the permission its kind needs.
pub async fn visible_export(ctx: &Context<'_>, id: ReportExportId) -> Result<Option<ReportExport>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    match actions::seen(ctx.app(), viewer, id).await {
        Ok(export) => Ok(Some(ReportExport(export))),
        Err(Error::Denied(Denied::NotFound | Denied::Forbidden { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reports' part of the studio.
#[derive(Clone)]
pub struct StudioReports(pub Membership);

#[Object]
impl StudioReports {
    /// Files that were asked for, newest first, at most 100: of the kinds that the member may ask for. Needs ANALYTICS or
    /// FINANCE.
    async fn exports(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ReportExport>> {
        let found = required(actions::exports_of(ctx.app(), &self.0).await)?;
        Ok(found.into_iter().map(ReportExport).collect())
    }
}
