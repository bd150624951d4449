//! The fields that everything on sale has, written once; `offering.rs` has the interface they make.

/// `on_sale! { impl Course: Course { … } }` is the object of a kind of offering, a newtype of its model: the shared
/// fields and its own, among them `viewer_access`.
macro_rules! on_sale {
    ($(#[$about:meta])* impl $name:ident: $kind:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[async_graphql::Object]
        impl $name {
            /// Tells the kind by its prefix.
            pub async fn id(&self) -> async_graphql::ID {
                self.0.id.to_string().into()
            }

            /// What it is.
            pub async fn kind(&self) -> super::OfferingKind {
                super::OfferingKind::$kind
            }

            /// Its name in links, unique within the creator.
            pub async fn slug(&self) -> String {
                self.0.slug.clone()
            }

            /// The one address of its page.
            pub async fn url(&self, ctx: &async_graphql::Context<'_>) -> crate::graphql::Url {
                crate::graphql::Ctx::app(ctx).link(&self.0.path()).into()
            }

            /// What it is called.
            pub async fn title(&self) -> String {
                self.0.title.clone()
            }

            /// Below the title.
            pub async fn subtitle(&self) -> Option<String> {
                self.0.subtitle.clone()
            }

            /// Its picture.
            pub async fn cover(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<Option<crate::media::graphql::Image>> {
                crate::graphql::required(crate::media::graphql::image(ctx, self.0.cover).await)
            }

            /// Where it stands.
            pub async fn status(&self) -> super::OfferingStatus {
                self.0.status.into()
            }

            /// Who teaches.
            pub async fn creator(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<crate::graphql::Eager<crate::creators::graphql::Creator>> {
                let creator = crate::creators::graphql::its_creator(ctx, self.0.creator).await;
                crate::graphql::required(creator.map(crate::graphql::Eager))
            }

            /// What it costs now, the default first; at most 5.
            pub async fn prices(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<crate::graphql::Rows<super::Price>> {
                crate::graphql::required(super::prices_of(ctx, (self.0.creator, self.0.offering.id)).await)
            }

            /// What learners think.
            pub async fn rating_summary(&self) -> crate::graphql::values::RatingSummary {
                self.0.ratings.into()
            }

            /// Whether the caller works on it.
            pub async fn viewer_can_edit(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<bool> {
                crate::graphql::required(super::access::may_edit(ctx, &self.0).await)
            }

            /// When it was last edited.
            pub async fn updated_at(&self) -> chrono::DateTime<chrono::Utc> {
                self.0.updated_at
            }

            $($own)*
        }
    };
}

pub(super) use on_sale;
