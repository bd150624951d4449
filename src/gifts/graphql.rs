//! Redeeming, as clients see it.

use async_graphql::{Context, Object};

use crate::enrollment::graphql::{self as enrollment, Enrollment};
use crate::graphql::{Ctx, Fallible, answer};
use crate::payload;

use super::actions;

payload! {
    /// What came of `giftRedeem`.
    GiftRedeemPayload {
        /// The right the gift gave; of a bundle, one of them.
        enrollment: Enrollment,
    }
}

/// Gifts' mutations.
#[derive(Default)]
pub struct GiftsMutation;

#[Object]
impl GiftsMutation {
    /// Turns the code of a gift into the right to learn, once. May be repeated by whoever redeemed it. Needs a proven
    /// e-mail address, which need not be the one the gift was sent to.
    async fn gift_redeem(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As it stands in the letter; case, spaces and hyphens do not matter.")] code: String,
    ) -> Fallible<GiftRedeemPayload> {
        let done = async {
            let right = actions::redeem(ctx.app(), ctx.viewer()?, &code).await?;
            let enrollment = enrollment::own(ctx, right).await?;
            Ok(GiftRedeemPayload { enrollment, user_errors: Vec::new() })
        };
        answer(done.await)
    }
}
