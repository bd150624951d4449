//! What of the schema is public: the same for everybody who may see it at all, whoever asks, until somebody changes it.
//!
//! A document of public fields alone, asked by nobody in particular, has an answer that may be kept and shown again
//! (`http::answers`). A field that is not named here is private: new ones are, until somebody has thought about them.
//! Three questions decide. Does it depend on who asks (`viewer…`, `access`)? Then it is private. On the time of day,
//! other than through a moment its resolver notes in [`Reads::until`](super::reads::Reads::until)? Private. Can it
//! change without an event of a creator (or of a person's account) who is noted in [`Reads`](super::reads::Reads)?
//! Private.

/// Public fields by type; a type may have several lines. An interface's field is public if it is public in every type that implements it.
pub const PUBLIC: &[(&str, &[&str])] = &[
    ("Query", &["creator", "creators", "niches", "course", "workshop", "bundle", "offerings", "search"]),
    ("CreatorConnection", CONNECTION),
    ("CreatorEdge", EDGE),
    ("CourseConnection", CONNECTION),
    ("CourseEdge", EDGE),
    ("WorkshopConnection", CONNECTION),
    ("WorkshopEdge", EDGE),
    ("BundleConnection", CONNECTION),
    ("BundleEdge", EDGE),
    ("OfferingConnection", CONNECTION),
    ("OfferingEdge", EDGE),
    ("SearchResultConnection", &["edges", "nodes", "pageInfo", "totalCount"]),
    ("SearchResultEdge", EDGE),
    ("SearchResult", &[]),
    ("PageInfo", &["endCursor", "hasNextPage", "hasPreviousPage", "startCursor"]),
    (
        "Creator",
        &[
            "avatar",
            "bio",
            "bundles",
            "courses",
            "cover",
            "displayName",
            "followerCount",
            "handle",
            "headline",
            "id",
            "isVerified",
            "languages",
            "links",
            "membershipPlans",
            "niches",
            "ratingSummary",
            "seo",
            "storefront",
            "url",
            "workshops",
        ],
    ),
    ("Storefront", &["isPublished", "sections", "theme", "updatedAt", "version"]),
    ("Theme", &["colorBackground", "colorPrimary", "cornerRadius", "fontFamily", "preset"]),
    ("StorefrontSection", &[]),
    ("HeroSection", &["body", "callToAction", "heading", "image"]),
    ("FeaturedSection", &["heading", "offerings"]),
    ("TextSection", &["body", "heading"]),
    ("LinksSection", &["heading", "links"]),
    ("TestimonialsSection", &["heading", "reviews"]),
    ("ProfileLink", &["icon", "label", "url"]),
    ("Niche", &["creatorCount", "id", "name", "slug"]),
    ("Offering", OFFERING),
    ("Course", OFFERING),
    ("Course", TAUGHT),
    ("Course", &["certificateEnabled", "estimatedMinutes", "lessonCount", "outcomes", "sections"]),
    ("Section", &["id", "lessons", "position", "title"]),
    (
        "Lesson",
        &[
            "course",
            "durationSeconds",
            "id",
            "isPreview",
            "kind",
            "next",
            "position",
            "previous",
            "summary",
            "title",
            "version",
        ],
    ),
    ("Workshop", OFFERING),
    ("Workshop", TAUGHT),
    ("Workshop", &["cancellationPolicy", "format", "materials", "replayPolicy"]),
    ("Bundle", OFFERING),
    ("Bundle", &["description", "items", "savings", "seo"]),
    ("MembershipPlan", OFFERING),
    ("MembershipPlan", &["description", "includes", "includesEverything", "perks"]),
    (
        "Price",
        &[
            "amount",
            "availableUntil",
            "compareAt",
            "id",
            "interval",
            "isActive",
            "isDefault",
            "kind",
            "minimum",
            "suggested",
            "taxBehavior",
            "trialDays",
        ],
    ),
    ("Money", &["amount", "currency", "formatted", "minorUnits"]),
    ("Image", &["altText", "height", "thumbhash", "url", "width"]),
    ("RichText", &["html", "markdown", "plain"]),
    ("Seo", &["canonicalUrl", "description", "image", "title"]),
    ("RatingSummary", &["average", "count", "histogram"]),
    ("ReviewConnection", &["edges", "nodes", "pageInfo", "totalCount"]),
    ("ReviewEdge", EDGE),
    (
        "Review",
        &[
            "author",
            "body",
            "createdAt",
            "editedAt",
            "helpfulCount",
            "id",
            "isVerifiedPurchase",
            "offering",
            "rating",
            "reply",
        ],
    ),
    // Whoever shows a person among public fields notes them in `Reads::person`.
    ("User", &["displayName", "id"]),
];

const CONNECTION: &[&str] = &["edges", "nodes", "pageInfo"];
const EDGE: &[&str] = &["cursor", "node"];
/// What courses and workshops have beyond that.
const TAUGHT: &[&str] =
    &["description", "language", "level", "niches", "publishedAt", "reviews", "seo", "version"];
/// What everything on sale has: the interface.
const OFFERING: &[&str] = &[
    "cover",
    "creator",
    "id",
    "kind",
    "prices",
    "ratingSummary",
    "slug",
    "status",
    "subtitle",
    "title",
    "updatedAt",
    "url",
];

/// Whether this field of this type is public.
pub fn is_public(owner: &str, field: &str) -> bool {
    PUBLIC.iter().any(|(name, fields)| *name == owner && fields.contains(&field))
}
