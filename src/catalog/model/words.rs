//! The closed lists of the catalog, as the database and the schema spell them.

/// An enum whose values have a spelling in the database.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $value:ident = $text:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $name {
                $($(#[$vdoc])* $value,)*
            }

            impl $name {
                /// As the database spells it.
                pub fn name(self) -> &'static str {
                    match self {
                        $(Self::$value => $text,)*
                    }
                }

                /// The value of this spelling; the table's CHECK lets no other in.
                pub fn of(text: &str) -> Option<Self> {
                    match text {
                        $($text => Some(Self::$value),)*
                        _ => None,
                    }
                }
            }
        )*
    };
}

words! {
    /// What kind of thing is on sale.
    OfferingKind {
        /// Sections of lessons, at one's own pace.
        Course = "COURSE",
        /// Live, on dates.
        Workshop = "WORKSHOP",
        /// Several offerings together.
        Bundle = "BUNDLE",
        /// For as long as it is paid.
        Membership = "MEMBERSHIP",
    }

    /// Where an offering stands.
    OfferingStatus {
        /// For the team alone.
        Draft = "DRAFT",
        /// On the storefront and in lists.
        Published = "PUBLISHED",
        /// For those who have the link.
        Unlisted = "UNLISTED",
        /// No longer offered; who has it keeps it.
        Archived = "ARCHIVED",
        /// Closed by the platform.
        TakenDown = "TAKEN_DOWN",
    }

    /// What one should know already.
    Level {
        /// Nothing.
        Beginner = "BEGINNER",
        /// The basics.
        Intermediate = "INTERMEDIATE",
        /// A lot.
        Advanced = "ADVANCED",
        /// For everybody.
        All = "ALL",
    }

    /// What a lesson teaches with.
    LessonKind {
        /// A video.
        Video = "VIDEO",
        /// A recording.
        Audio = "AUDIO",
        /// An article; also a lesson that has no body yet.
        Text = "TEXT",
        /// Files.
        Download = "DOWNLOAD",
        /// Questions.
        Quiz = "QUIZ",
    }

    /// How something is priced.
    PriceKind {
        /// Nothing.
        Free = "FREE",
        /// One amount, once.
        OneTime = "ONE_TIME",
        /// The buyer decides, from a minimum on.
        PayWhatYouWant = "PAY_WHAT_YOU_WANT",
        /// Again and again.
        Recurring = "RECURRING",
    }

    /// How often a price is due.
    BillingInterval {
        /// Each month.
        Month = "MONTH",
        /// Each year.
        Year = "YEAR",
    }

    /// Where one takes part in a workshop.
    WorkshopFormat {
        /// From anywhere.
        Online = "ONLINE",
        /// At its venue.
        InPerson = "IN_PERSON",
        /// Either.
        Hybrid = "HYBRID",
    }

    /// Who may see a workshop's recording, and for how long.
    ReplayPolicy {
        /// Nobody.
        None = "NONE",
        /// Who was there.
        Attendees = "ATTENDEES",
        /// Who had a seat, for 30 days.
        Days30 = "DAYS_30",
        /// Who had a seat, without an end.
        Forever = "FOREVER",
    }

    /// Whether the tax is in the amount.
    TaxBehavior {
        /// It is.
        Inclusive = "INCLUSIVE",
        /// It comes on top.
        Exclusive = "EXCLUSIVE",
    }
}

impl OfferingStatus {
    /// Whether strangers may see it, as far as the offering itself is concerned.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::Unlisted)
    }
}
