//! Typed ids: a prefix that says what it is, and a UUIDv7 in base 62, 22 characters.
//!
//! The same form everywhere (API, webhooks, links, logs). The prefix picks the loader in `node`; an id of the wrong
//! kind does not parse. Ids sort by the time they were made.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 22;

/// The text was no id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not an id of the kind expected here, which looks like {prefix}_0123456789abcdefghijkl.")]
pub struct InvalidId {
    /// What the id should have begun with.
    pub prefix: &'static str,
}

/// What all typed ids have in common.
pub trait PublicId: Copy + fmt::Display + FromStr<Err = InvalidId> {
    /// What the id begins with, without the underscore.
    const PREFIX: &'static str;
    /// The key in the database.
    fn uuid(self) -> Uuid;
    /// The typed id of a key read from the database.
    fn of(uuid: Uuid) -> Self;
}

fn base62(uuid: Uuid) -> [u8; LENGTH] {
    let mut rest = uuid.as_u128();
    let mut out = [b'0'; LENGTH];
    for place in out.iter_mut().rev() {
        *place = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    out
}

fn from_base62(text: &str) -> Option<Uuid> {
    if text.len() != LENGTH {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = DIGITS.binary_search(&byte).ok()?;
        value = value.checked_mul(62)?.checked_add(digit as u128)?;
    }
    Some(Uuid::from_u128(value))
}

fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> fmt::Result {
    let digits = base62(uuid);
    let digits = std::str::from_utf8(&digits).map_err(|_| fmt::Error)?;
    write!(f, "{prefix}_{digits}")
}

fn read_id(prefix: &'static str, text: &str) -> Result<Uuid, InvalidId> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .and_then(from_base62)
        .ok_or(InvalidId { prefix })
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub Uuid);

            impl PublicId for $name {
                const PREFIX: &'static str = $prefix;
                fn uuid(self) -> Uuid {
                    self.0
                }
                fn of(uuid: Uuid) -> Self {
                    Self(uuid)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write_id(f, $prefix, self.0)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = InvalidId;
                fn from_str(text: &str) -> Result<Self, InvalidId> {
                    read_id($prefix, text).map(Self)
                }
            }

            impl From<Uuid> for $name {
                fn from(uuid: Uuid) -> Self {
                    Self(uuid)
                }
            }

            impl From<$name> for Uuid {
                fn from(id: $name) -> Uuid {
                    id.0
                }
            }
        )*
    };
}

typed_ids! {
    /// An account's public face and, for its owner, the account.
    UserId = "usr";
    /// The signed-in account as `viewer`; the same key as [`UserId`].
    ViewerId = "vwr";
    /// A signed-in device.
    SessionId = "ses";
    /// A public teaching identity.
    CreatorId = "crt";
    /// The private workspace of a creator; the same key as [`CreatorId`].
    StudioId = "stu";
    /// A person's place in a studio.
    MemberId = "mbr";
    /// What creators teach.
    NicheId = "nic";
    /// A file.
    AssetId = "ast";
    /// A way for a file's bytes to come in.
    UploadId = "upl";
    /// Subtitles in one language.
    TrackId = "cap";
    /// A short permission to play.
    GrantId = "plg";
    /// A course.
    CourseId = "crs";
    /// Live sessions on one subject.
    WorkshopId = "wsh";
    /// Several offerings sold together.
    BundleId = "bdl";
    /// A chapter of a course.
    SectionId = "sec";
    /// One small step.
    LessonId = "lsn";
    /// A file that comes with a lesson.
    AttachmentId = "att";
    /// What an offering costs.
    PriceId = "prc";
    /// A right to learn.
    EnrollmentId = "enr";
    /// A purchase.
    OrderId = "ord";
    /// One bought thing.
    OrderLineId = "oln";
    /// An attempt to pay.
    CheckoutId = "cko";
    /// Something paid again and again.
    PlanId = "mpl";
    /// A code that takes something off.
    CouponId = "cpn";
    /// A bought thing that is for somebody else.
    GiftId = "gft";
    /// Money on its way to a creator's bank.
    PayoutId = "pay";
    /// A line in a creator's book.
    LedgerEntryId = "pst";
    /// Money on its way back to a buyer.
    RefundId = "rfd";
    /// A buyer's wish to have money back.
    RefundRequestId = "rfq";
    /// A report that was asked for as a file.
    ReportExportId = "exp";
    /// A buyer's bank that takes money back.
    DisputeId = "dsp";
    /// Somebody who recommends a creator.
    AffiliateId = "aff";
    /// A link an affiliate passes on.
    AffiliateLinkId = "afl";
    /// An affiliate's part of a sold line.
    CommissionId = "com";
    /// A logged event.
    EventId = "evt";
    /// An event Stripe sent.
    StripeEventId = "sev";
    /// A line of the operators' audit log.
    AuditEntryId = "aud";
    /// Something about money that a person must look at.
    CaseId = "cas";
    /// One date of a workshop.
    WorkshopSessionId = "wss";
    /// A place at one date of a workshop.
    SeatId = "sea";
    /// Somebody's wish for a place at a full date.
    WaitlistEntryId = "wle";
    /// The room of a date, where people write: its key is the date's.
    ChatRoomId = "chr";
    /// Something said in such a room.
    ChatMessageId = "chm";
    /// What somebody thinks of an offering.
    ReviewId = "rev";
}

/// Anything on sale, whatever its kind. Clients name it by the id of its kind, and that is what is read; written, it
/// says only that it is an offering, so show clients the id of the kind instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OfferingId(pub Uuid);

impl OfferingId {
    /// What the ids of offerings begin with, kind by kind.
    const PREFIXES: &'static [&'static str] =
        &[CourseId::PREFIX, WorkshopId::PREFIX, BundleId::PREFIX, PlanId::PREFIX];
}

impl PublicId for OfferingId {
    const PREFIX: &'static str = "off";
    fn uuid(self) -> Uuid {
        self.0
    }
    fn of(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for OfferingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_id(f, Self::PREFIX, self.0)
    }
}

impl fmt::Debug for OfferingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for OfferingId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let read = Self::PREFIXES.iter().find_map(|prefix| read_id(prefix, text).ok());
        read.map(Self).ok_or(InvalidId { prefix: CourseId::PREFIX })
    }
}

macro_rules! kinds_of_offerings {
    ($($name:ident)*) => {
        $(
            impl From<$name> for OfferingId {
                fn from(id: $name) -> Self {
                    Self(id.0)
                }
            }
        )*
    };
}

kinds_of_offerings! { CourseId WorkshopId BundleId PlanId }

impl From<Uuid> for OfferingId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_as_itself(n in any::<u128>()) {
            let id = CourseId(Uuid::from_u128(n));
            let text = id.to_string();
            prop_assert_eq!(text.len(), 26);
            prop_assert_eq!(text.parse::<CourseId>(), Ok(id));
        }

        #[test]
        fn ids_sort_as_their_keys(a in any::<u128>(), b in any::<u128>()) {
            let (x, y) = (OrderId(Uuid::from_u128(a)), OrderId(Uuid::from_u128(b)));
            prop_assert_eq!(x.to_string().cmp(&y.to_string()), a.cmp(&b));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<LessonId>();
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let course = CourseId(Uuid::from_u128(7)).to_string();
        assert!(course.parse::<LessonId>().is_err());
        assert_eq!(course.parse::<OfferingId>(), Ok(OfferingId(Uuid::from_u128(7))));
        let lesson = LessonId(Uuid::from_u128(7)).to_string();
        assert!(lesson.parse::<OfferingId>().is_err());
        assert!("crs_zzzzzzzzzzzzzzzzzzzzzz".parse::<CourseId>().is_err(), "over 128 bits");
    }
}
