//! What the catalog's mutations answer.

use async_graphql::ID;

use crate::payload;

use super::{Bundle, Course, Lesson, MembershipPlan, Offering, Price, Section};

payload! {
    /// Answer of `courseCreate`.
    CourseCreatePayload {
        /// The new draft.
        course: Course,
    }
}

payload! {
    /// Answer of `courseUpdate`.
    CourseUpdatePayload {
        /// The course, changed.
        course: Course,
    }
}

payload! {
    /// Answer of `bundleCreate`.
    BundleCreatePayload {
        /// The new draft.
        bundle: Bundle,
    }
}

payload! {
    /// Answer of `bundleUpdate`.
    BundleUpdatePayload {
        /// The bundle, changed.
        bundle: Bundle,
    }
}

payload! {
    /// Answer of `membershipPlanCreate`.
    MembershipPlanCreatePayload {
        /// The new draft.
        plan: MembershipPlan,
    }
}

payload! {
    /// Answer of `membershipPlanUpdate`.
    MembershipPlanUpdatePayload {
        /// The plan, changed.
        plan: MembershipPlan,
    }
}

payload! {
    /// Answer of `courseOutlineReorder`.
    CourseOutlineReorderPayload {
        /// The course in its new order.
        course: Course,
    }
}

payload! {
    /// Answer of `sectionCreate`.
    SectionCreatePayload {
        /// The new section, last of its course.
        section: Section,
    }
}

payload! {
    /// Answer of `sectionUpdate`.
    SectionUpdatePayload {
        /// The section, changed.
        section: Section,
    }
}

payload! {
    /// Answer of `sectionDelete`.
    SectionDeletePayload {
        /// The section that is gone, with its lessons.
        deleted_id: ID,
    }
}

payload! {
    /// Answer of `lessonCreate`.
    LessonCreatePayload {
        /// The new lesson, last of its section.
        lesson: Lesson,
    }
}

payload! {
    /// Answer of `lessonUpdate`.
    LessonUpdatePayload {
        /// The lesson, changed.
        lesson: Lesson,
    }
}

payload! {
    /// Answer of `lessonContentSet`.
    LessonContentSetPayload {
        /// The lesson with its new content.
        lesson: Lesson,
    }
}

payload! {
    /// Answer of `lessonDelete`.
    LessonDeletePayload {
        /// The lesson that is gone.
        deleted_id: ID,
    }
}

payload! {
    /// Answer of `offeringPublish`.
    OfferingPublishPayload {
        /// The offering, published.
        offering: Offering,
    }
}

payload! {
    /// Answer of `offeringUnpublish`.
    OfferingUnpublishPayload {
        /// The offering, a draft again.
        offering: Offering,
    }
}

payload! {
    /// Answer of `offeringArchive`.
    OfferingArchivePayload {
        /// The offering, put away.
        offering: Offering,
    }
}

payload! {
    /// Answer of `offeringSlugChange`.
    OfferingSlugChangePayload {
        /// The offering with its new link.
        offering: Offering,
    }
}

payload! {
    /// Answer of `priceCreate`.
    PriceCreatePayload {
        /// The new price.
        price: Price,
    }
}

payload! {
    /// Answer of `priceArchive`.
    PriceArchivePayload {
        /// The price, withdrawn.
        price: Price,
    }
}
