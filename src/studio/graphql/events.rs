//! What a creator's team is told while it happens: sales, wishes to have money back, files, seats.

use async_graphql::{Context, ID, SimpleObject, Subscription, Union};

use crate::app::App;
use crate::checkout::graphql::Order;
use crate::checkout::store as checkout;
use crate::creators::actions::membership;
use crate::creators::{Membership, Permission};
use crate::events::{Line, Whose};
use crate::graphql::following::Told;
use crate::graphql::news::{Audience, Standing, tell};
use crate::graphql::payload::top_level;
use crate::graphql::{Ctx, context};
use crate::identity::actions::ended;
use crate::kernel::{
    Actor, AssetId, CreatorId, Denied, Error, OrderId, RefundRequestId, Result, Viewer, WorkshopSessionId,
};
use crate::media::actions::visible_asset;
use crate::media::graphql::Asset;
use crate::refunds::graphql::RefundRequest;
use crate::refunds::store as refunds;
use crate::workshops::graphql::WorkshopSession;
use crate::workshops::store as workshops;

/// Something that happened in a studio. More kinds will come.
#[derive(Union)]
pub enum StudioEvent {
    /// Something was sold.
    Sale(SaleMade),
    /// A buyer wants money back.
    Refund(RefundRequested),
    /// A file moved on.
    File(AssetChanged),
    /// A seat is taken, or free again.
    Seat(SeatTaken),
}

/// An order was paid, also one of nothing. Told to members with FINANCE.
#[derive(SimpleObject)]
pub struct SaleMade {
    /// What was bought.
    pub order: Order,
}

/// A buyer wants the money of an order back. Told to members with FINANCE.
#[derive(SimpleObject)]
pub struct RefundRequested {
    /// Their wish, to be decided.
    pub refund_request: RefundRequest,
}

/// A file was promised, moved on, was described or captioned. Told to its uploader, and to members with MEDIA. How far its
/// making is, `assetUpdated` tells.
#[derive(SimpleObject)]
pub struct AssetChanged {
    /// As it stands now.
    pub asset: Asset,
}

/// A seat of a session was taken or came free. Told to every member.
#[derive(SimpleObject)]
pub struct SeatTaken {
    /// Its session: `seats` counts as of now.
    pub session: WorkshopSession,
}

/// What a team can follow.
#[derive(Default)]
pub struct StudioSubscription;

#[Subscription]
impl StudioSubscription {
    /// What happens in a studio, for its team: each member is told of what their role lets them see, each thing as it stands
    /// when it is told. Several changes of one may be told as one. It begins ten seconds before it is asked for, so that
    /// nothing is lost between two of them; who was away for longer asks how things stand. Ends with FORBIDDEN for who does
    /// not work there any more, and with LIMIT_EXCEEDED for a client that is more than 500 changed things behind.
    async fn studio_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose studio, `crt_…`.")] creator_id: ID,
    ) -> async_graphql::Result<Told<StudioEvent>> {
        let begun = async {
            let viewer = ctx.viewer()?.clone();
            let creator = context::id(&["creatorId"], &creator_id)?;
            tell(ctx, Whose::Studio(creator), Team { app: ctx.app().clone(), viewer, creator }).await
        };
        begun.await.map_err(top_level)
    }
}

/// One member of a team.
struct Team {
    app: App,
    viewer: Viewer,
    creator: CreatorId,
}

#[derive(PartialEq)]
enum Thing {
    Sale(OrderId),
    Refund(RefundRequestId),
    File(AssetId),
    Seats(WorkshopSessionId),
}

impl Audience for Team {
    type Thing = Thing;
    type Proof = Membership;
    type Said = StudioEvent;

    fn named(&self, line: &Line) -> Vec<Thing> {
        let thing = match line.kind.as_str() {
            "order.paid" => line.subject().map(Thing::Sale),
            "refund_request.opened" => line.subject().map(Thing::Refund),
            "seat.held" | "seat.offered" | "seat.confirmed" | "seat.released" => {
                line.named("session").map(Thing::Seats)
            }
            // One is free again, and another taken.
            "seat.moved" => {
                let both = [line.named("from"), line.named("session")];
                return both.into_iter().flatten().map(Thing::Seats).collect();
            }
            kind if kind.starts_with("asset.") => line.subject().map(Thing::File),
            _ => None,
        };
        thing.into_iter().collect()
    }

    async fn still(&self) -> Result<Standing<Membership, StudioEvent>> {
        if ended(&self.app, &self.viewer).await?.is_some() {
            return Err(Denied::Unauthenticated.into());
        }
        Ok(Standing::May(membership(&self.app, &self.viewer, self.creator).await?))
    }

    async fn now(&self, at: &Membership, thing: &Thing) -> Result<Option<StudioEvent>> {
        let conn = self.app.db.read();
        let sees_sales = at.role().may(Permission::Finance);
        Ok(match *thing {
            Thing::Sale(id) if sees_sales => {
                let found = checkout::order(conn, id).await?.filter(|order| order.creator == self.creator);
                found.map(|order| StudioEvent::Sale(SaleMade { order: Order(order) }))
            }
            Thing::Refund(id) if sees_sales => {
                let found = refunds::request(conn, id).await?;
                found.map(|wish| StudioEvent::Refund(RefundRequested { refund_request: RefundRequest(wish) }))
            }
            Thing::Sale(_) | Thing::Refund(_) => None,
            Thing::File(id) => {
                match visible_asset(&self.app, &Actor::Known(self.viewer.clone()), id).await {
                    Ok(found) => Some(StudioEvent::File(AssetChanged { asset: Asset(found) })),
                    // Deleted meanwhile, or not for this role.
                    Err(Error::Denied(Denied::NotFound)) => None,
                    Err(error) => return Err(error),
                }
            }
            Thing::Seats(id) => {
                let found = workshops::session(conn, id).await?;
                let ours = found.filter(|session| session.creator == self.creator);
                ours.map(|session| StudioEvent::Seat(SeatTaken { session: WorkshopSession(session) }))
            }
        })
    }
}
