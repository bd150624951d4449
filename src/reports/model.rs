//! What can be exported, and how far an export is.

use chrono::Duration;

use crate::creators::Permission;
use crate::kernel::{CreatorId, Instant, ReportExportId};

/// How long a file is kept after it was made.
pub const LIFE: Duration = Duration::hours(24);
/// An export that is not made by then never will be: its job has been given up.
pub const GIVEN_UP_AFTER: Duration = Duration::hours(8);

/// What an export lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Orders that were paid, and where the money of each went.
    Sales,
    /// The creator's book, line by line.
    Ledger,
    /// Who bought, and for how much.
    Customers,
    /// Commissions of those who recommend the creator.
    Affiliates,
    /// Who had which seat at workshops, and was there.
    Attendance,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Sales, Self::Ledger, Self::Customers, Self::Affiliates, Self::Attendance];

    /// As the database and the schema spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sales => "SALES",
            Self::Ledger => "LEDGER",
            Self::Customers => "CUSTOMERS",
            Self::Affiliates => "AFFILIATES",
            Self::Attendance => "ATTENDANCE",
        }
    }

    /// The kind of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What whoever asks for it must be allowed. Sales name no buyer, so a report's permission is enough.
    pub fn permission(self) -> Permission {
        match self {
            Self::Sales => Permission::Analytics,
            Self::Ledger | Self::Customers | Self::Affiliates | Self::Attendance => Permission::Finance,
        }
    }

    /// The columns of its file.
    pub fn header(self) -> &'static str {
        match self {
            Self::Sales => {
                "order,paid_at,titles,currency,gross,tax,platform_fee,others_share,your_share,refunded,your_part_of_refund"
            }
            Self::Ledger => "entry,kind,occurred_at,order,currency,amount,balance_after",
            Self::Customers => "email,first_order_at,orders,currency,paid,refunded",
            Self::Affiliates => "commission,affiliate,earned_at,title,currency,amount,state",
            Self::Attendance => {
                "session,workshop,title,starts_at,local_start,time_zone,seat,attendee,status,obtained,checked_in_at,joined_at,left_at,minutes_present"
            }
        }
    }
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for its job.
    Queued,
    /// Being written.
    Running,
    /// To be downloaded.
    Ready,
    /// Could not be made.
    Failed,
    /// Was there, and is gone.
    Expired,
}

impl State {
    const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Ready, Self::Failed, Self::Expired];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Ready => "READY",
            Self::Failed => "FAILED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A report that was asked for as a file.
#[derive(Clone, Debug)]
pub struct Export {
    /// Key.
    pub id: ReportExportId,
    /// Whose figures.
    pub creator: CreatorId,
    /// What it lists.
    pub kind: Kind,
    /// From then on.
    pub from: Instant,
    /// Before then.
    pub until: Instant,
    /// As it is written down; a file whose time is over may not have been removed yet.
    pub state: State,
    /// When its file goes.
    pub expires_at: Option<Instant>,
}

impl Export {
    /// Where its file lies in the bucket: beside media, so that neither is taken for the other's.
    pub fn object_key(&self) -> String {
        format!("r/{}.csv", self.id)
    }

    /// What it is called when it is saved: `sales-2026-11-01.csv`, by the first day in UTC.
    pub fn file_name(&self) -> String {
        format!("{}-{}.csv", self.kind.name().to_lowercase(), self.from.format("%Y-%m-%d"))
    }

    /// How far it is now.
    pub fn state_at(&self, now: Instant) -> State {
        match self.state {
            State::Ready if self.expires_at.is_none_or(|end| end <= now) => State::Expired,
            state => state,
        }
    }
}
