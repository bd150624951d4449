//! Who may call which root field, and who may see which Node type. A field or type that is missing here fails the
//! build's tests; what is written here is what the tests try out with each kind of caller.

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// A signed-in person.
    SignedIn,
    /// A signed-in person whose address is proven.
    Verified,
    /// The owner of the thing alone (buyer, uploader, learner).
    Owner,
    /// The creator's team, in whatever role.
    Member,
    /// The creator's team with this permission.
    Team(&'static str),
}

/// Root fields, in the order of the rooms. Each room adds its own lines.
pub const ROOT_FIELDS: &[(&str, Access)] = &[
    // identity
    ("viewer", Access::Public),
    ("authSignUp", Access::Public),
    ("authEmailVerify", Access::Public),
    ("authEmailVerificationSend", Access::Public),
    ("authSignIn", Access::Public),
    ("authTokenRefresh", Access::Public),
    ("authSignOut", Access::SignedIn),
    ("authSessionRevoke", Access::SignedIn),
    ("authPasswordResetRequest", Access::Public),
    ("authPasswordReset", Access::Public),
    ("authPasswordChange", Access::SignedIn),
    ("viewerUpdate", Access::SignedIn),
    ("viewerEvents", Access::SignedIn),
    // fairness
    ("rateLimit", Access::Public),
    // search
    ("search", Access::Public),
    // creators
    ("creator", Access::Public),
    ("creators", Access::Public),
    ("niches", Access::Public),
    ("creatorCreate", Access::Verified),
    ("creatorUpdate", Access::Team("SETTINGS")),
    ("creatorLinksSet", Access::Team("SETTINGS")),
    ("storefrontPublish", Access::Team("SETTINGS")),
    ("creatorFollow", Access::SignedIn),
    ("creatorUnfollow", Access::SignedIn),
    // media
    ("asset", Access::Public),
    ("assetUploadCreate", Access::Verified),
    ("assetUploadPartsSign", Access::Owner),
    ("assetUploadComplete", Access::Owner),
    ("assetUploadAbort", Access::Owner),
    ("assetUpdate", Access::Owner),
    ("assetDelete", Access::Team("MEDIA")),
    ("captionTrackAdd", Access::Team("MEDIA")),
    ("assetUpdated", Access::Owner),
    // catalog
    ("course", Access::Public),
    ("workshop", Access::Public),
    ("bundle", Access::Public),
    ("offerings", Access::Public),
    ("lesson", Access::Public),
    ("courseCreate", Access::Team("CATALOG")),
    ("courseUpdate", Access::Team("CATALOG")),
    ("workshopCreate", Access::Team("CATALOG")),
    ("workshopUpdate", Access::Team("CATALOG")),
    ("bundleCreate", Access::Team("CATALOG")),
    ("bundleUpdate", Access::Team("CATALOG")),
    ("membershipPlanCreate", Access::Team("CATALOG")),
    ("membershipPlanUpdate", Access::Team("CATALOG")),
    ("sectionCreate", Access::Team("CATALOG")),
    ("sectionUpdate", Access::Team("CATALOG")),
    ("sectionDelete", Access::Team("CATALOG")),
    ("lessonCreate", Access::Team("CATALOG")),
    ("lessonUpdate", Access::Team("CATALOG")),
    ("lessonContentSet", Access::Team("CATALOG")),
    ("lessonDelete", Access::Team("CATALOG")),
    ("courseOutlineReorder", Access::Team("CATALOG")),
    ("offeringPublish", Access::Team("CATALOG")),
    ("offeringUnpublish", Access::Team("CATALOG")),
    ("offeringArchive", Access::Team("CATALOG")),
    ("offeringSlugChange", Access::Team("CATALOG")),
    ("priceCreate", Access::Team("CATALOG")),
    ("priceArchive", Access::Team("CATALOG")),
    ("offeringSplitSet", Access::Team("FINANCE")),
    ("offeringSplitAccept", Access::Team("FINANCE")),
    ("offeringSplitDecline", Access::Team("FINANCE")),
    // workshops
    ("workshopSession", Access::Public),
    ("workshopCalendar", Access::Public),
    ("workshopSessionCreate", Access::Team("CATALOG")),
    ("workshopSessionReschedule", Access::Team("CATALOG")),
    ("workshopSessionCancel", Access::Team("CATALOG")),
    ("workshopJoinInfoSet", Access::Team("HOST")),
    ("workshopSessionStatusSet", Access::Team("HOST")),
    ("workshopReplaySet", Access::Team("HOST")),
    ("workshopAttendanceMark", Access::Team("HOST")),
    ("workshopParticipantMute", Access::Team("HOST")),
    ("workshopParticipantRemove", Access::Team("HOST")),
    ("sessionWaitlistJoin", Access::Verified),
    ("sessionWaitlistLeave", Access::Owner),
    ("sessionWaitlistAutoBuyCancel", Access::Owner),
    ("seatRelease", Access::Owner),
    ("seatTransfer", Access::Owner),
    ("seatMove", Access::Owner),
    ("workshopJoin", Access::Owner),
    // chat
    ("chatRoom", Access::Owner),
    ("chatMessageSend", Access::Owner),
    ("chatMessageDelete", Access::Owner),
    ("chatRoomUpdate", Access::Team("COMMUNITY")),
    ("chatParticipantMute", Access::Team("COMMUNITY")),
    ("reactionSet", Access::Owner),
    ("chatRoomEvents", Access::Owner),
    // enrollment
    // affiliates
    ("affiliateProgramUpdate", Access::Team("MARKETING")),
    ("affiliateDecide", Access::Team("MARKETING")),
    ("affiliateApply", Access::Verified),
    ("affiliateLinkCreate", Access::SignedIn),
    ("affiliateLinkDisable", Access::Owner),
    // coupons
    ("couponCreate", Access::Team("MARKETING")),
    ("couponUpdate", Access::Team("MARKETING")),
    ("couponDisable", Access::Team("MARKETING")),
    // checkout
    ("quote", Access::Public),
    ("checkout", Access::Owner),
    ("order", Access::Owner),
    ("checkoutCreate", Access::SignedIn),
    ("checkoutSync", Access::Owner),
    ("checkoutCancel", Access::Owner),
    ("checkoutUpdated", Access::Owner),
    ("enrollmentClaimFree", Access::Verified),
    // gifts
    ("giftRedeem", Access::Verified),
    // payouts
    ("payoutAccountLinkCreate", Access::Team("FINANCE")),
    ("payoutScheduleUpdate", Access::Team("FINANCE")),
    ("payoutRequest", Access::Team("FINANCE")),
    // refunds
    ("orderRefundRequest", Access::Owner),
    ("orderRefund", Access::Team("FINANCE")),
    ("refundRequestDecide", Access::Team("FINANCE")),
    // reports
    ("reportExportCreate", Access::Team("ANALYTICS")),
    // memberships
    ("membershipCancel", Access::Owner),
    ("membershipResume", Access::Owner),
    ("billingPortalSessionCreate", Access::SignedIn),
    // learning
    ("playbackGrantCreate", Access::Public),
    ("playbackGrantRenew", Access::Public),
    ("downloadGrantCreate", Access::Public),
    ("progressSync", Access::SignedIn),
    ("lessonComplete", Access::SignedIn),
    ("lessonReopen", Access::SignedIn),
    // reviews
    ("reviewSubmit", Access::Owner),
    ("reviewDelete", Access::Owner),
    ("reviewReply", Access::Team("COMMUNITY")),
    ("reviewHelpfulSet", Access::SignedIn),
    // studio
    ("studio", Access::Member),
    ("studioEvents", Access::Member),
    // node
    ("node", Access::Public),
    ("nodes", Access::Public),
];

/// Node types: anybody who holds the id may see the row if the type says so.
pub const NODE_TYPES: &[(&str, Access)] = &[
    ("Viewer", Access::Owner),
    ("User", Access::Public),
    ("Session", Access::Owner),
    // creators
    ("Creator", Access::Public),
    ("Niche", Access::Public),
    ("Studio", Access::Member),
    ("StudioMembership", Access::Member),
    // media
    ("Asset", Access::Team("MEDIA")),
    ("AssetUpload", Access::Owner),
    // catalog
    ("Course", Access::Public),
    ("Workshop", Access::Public),
    ("WorkshopSession", Access::Public),
    ("Seat", Access::Owner),
    ("WaitlistEntry", Access::Owner),
    ("ChatRoom", Access::Owner),
    ("ChatMessage", Access::Owner),
    ("Bundle", Access::Public),
    ("MembershipPlan", Access::Public),
    ("Section", Access::Public),
    ("Lesson", Access::Public),
    ("Price", Access::Public),
    // enrollment
    ("Enrollment", Access::Owner),
    // reviews
    ("Review", Access::Public),
    // affiliates
    ("Affiliate", Access::Team("MARKETING")),
    ("AffiliateLink", Access::Owner),
    ("Commission", Access::Owner),
    // coupons
    ("Coupon", Access::Team("MARKETING")),
    // checkout
    ("Checkout", Access::Owner),
    ("Order", Access::Owner),
    // payments
    ("LedgerEntry", Access::Team("FINANCE")),
    // payouts
    ("Payout", Access::Team("FINANCE")),
    // refunds
    ("Refund", Access::Owner),
    ("RefundRequest", Access::Owner),
    // reports
    ("ReportExport", Access::Team("ANALYTICS")),
];
