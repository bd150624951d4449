//! What a signed-in person is told wherever they are: one subscription an app, for everything that is theirs alone.

use async_graphql::{Context, SimpleObject, Subscription, Union};

use crate::app::App;
use crate::checkout::actions::{Asker, checkout_of};
use crate::checkout::graphql::Checkout;
use crate::events::{Line, Whose};
use crate::graphql::Ctx;
use crate::graphql::following::Told;
use crate::graphql::news::{Audience, Standing, tell};
use crate::graphql::payload::top_level;
use crate::identity::actions::ended;
use crate::kernel::{CheckoutId, Denied, Error, Result, Viewer, WaitlistEntryId};
use crate::workshops::graphql::WaitlistEntry;
use crate::workshops::model::EntryState;
use crate::workshops::store as workshops;

/// Something that happened to what is the viewer's own. More kinds will come.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one at a time, on its way out; nobody keeps many")]
pub enum ViewerEvent {
    /// A payment began or moved.
    Checkout(CheckoutChanged),
    /// A seat is kept for them.
    Offer(SeatOffered),
    /// They are signed out here.
    SignedOut(SessionRevoked),
}

/// An attempt to pay of the viewer's began, or stands differently.
#[derive(SimpleObject)]
pub struct CheckoutChanged {
    /// As it stands now.
    pub checkout: Checkout,
}

/// A seat that the viewer waited for is kept for them, for a while.
#[derive(SimpleObject)]
pub struct SeatOffered {
    /// Their entry, which says until when.
    pub entry: WaitlistEntry,
}

/// The session this was asked with is over: nothing follows, and no token of it is good for anything.
#[derive(SimpleObject)]
pub struct SessionRevoked {
    /// `SIGNED_OUT` (here or from another device), `PASSWORD_CHANGED`, `TOKEN_COPIED` (a refresh token came twice),
    /// `SUSPENDED` or `EXPIRED`. More words may come.
    pub reason: String,
}

/// What a signed-in person can follow.
#[derive(Default)]
pub struct ViewerSubscription;

#[Subscription]
impl ViewerSubscription {
    /// What happens to the viewer's own payments and places in line, each thing as it stands when it is told: several changes
    /// of one may be told as one. It begins ten seconds before it is asked for, so that nothing is lost between two of them;
    /// who was away for longer asks how things stand. Ends with SessionRevoked when this session is ended, and with
    /// LIMIT_EXCEEDED for a client that is more than 500 changed things behind.
    async fn viewer_events(&self, ctx: &Context<'_>) -> async_graphql::Result<Told<ViewerEvent>> {
        let begun = async {
            let viewer = ctx.viewer()?.clone();
            let whose = Whose::Account(viewer.user_id);
            tell(ctx, whose, Own { app: ctx.app().clone(), viewer }).await
        };
        begun.await.map_err(top_level)
    }
}

/// One person, on one device.
struct Own {
    app: App,
    viewer: Viewer,
}

#[derive(PartialEq)]
enum Thing {
    Checkout(CheckoutId),
    Entry(WaitlistEntryId),
}

impl Audience for Own {
    type Thing = Thing;
    type Proof = ();
    type Said = ViewerEvent;

    fn named(&self, line: &Line) -> Vec<Thing> {
        let thing = match line.kind.as_str() {
            "checkout.created" | "checkout.changed" => line.subject().map(Thing::Checkout),
            "seat.offered" => line.named("entry").map(Thing::Entry),
            _ => None,
        };
        thing.into_iter().collect()
    }

    async fn still(&self) -> Result<Standing<(), ViewerEvent>> {
        Ok(match ended(&self.app, &self.viewer).await? {
            None => Standing::May(()),
            Some(why) => {
                let reason = why.name().to_owned();
                Standing::Last(ViewerEvent::SignedOut(SessionRevoked { reason }))
            }
        })
    }

    async fn now(&self, (): &(), thing: &Thing) -> Result<Option<ViewerEvent>> {
        match *thing {
            Thing::Checkout(id) => match checkout_of(&self.app, Asker::Known(&self.viewer), id).await {
                Ok(found) => Ok(Some(ViewerEvent::Checkout(CheckoutChanged { checkout: found.into() }))),
                Err(Error::Denied(Denied::NotFound)) => Ok(None),
                Err(error) => Err(error),
            },
            Thing::Entry(id) => {
                let found = workshops::entry(self.app.db.read(), id).await?;
                // An offer that is over by now is none.
                let mine = found
                    .filter(|entry| entry.user == self.viewer.user_id && entry.state == EntryState::Offered);
                Ok(mine.map(|entry| ViewerEvent::Offer(SeatOffered { entry: WaitlistEntry(entry) })))
            }
        }
    }
}
