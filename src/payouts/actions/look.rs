//! What a creator sees of their money: what waits and why, and what the next payout will be.

use chrono::Duration;

use crate::app::App;
use crate::creators::Desk;
use crate::kernel::{Money, Page, PageRequest, Result};

use super::super::model::{
    Forecast, Interval, Payout, PayoutAccount, State, Waiting, WaitingReason, forecast,
};
use super::super::store::{self, Part};

/// All of a creator's money that is on our side or Stripe's.
#[derive(Clone, Debug)]
pub struct Standing {
    account: Option<PayoutAccount>,
    is_held: bool,
    interval: Interval,
    at_stripe: Vec<Money>,
    parts: Vec<Part>,
    today: chrono::NaiveDate,
}

/// Reads it.
pub async fn standing(app: &App, desk: &Desk) -> Result<Standing> {
    let (conn, creator) = (app.db.read(), desk.creator_id);
    Ok(Standing {
        account: store::account(conn, creator).await?,
        is_held: store::is_held(conn, creator).await?,
        interval: store::schedule(conn, creator).await?,
        at_stripe: store::at_stripe(conn, creator).await?,
        parts: store::parts(conn, creator).await?,
        today: app.now().date_naive(),
    })
}

impl Standing {
    /// To be paid out: at Stripe, or on its way there.
    pub fn available(&self) -> Vec<Money> {
        sums(self.at_stripe.iter().copied().chain(self.of("DUE")))
    }

    /// Sold, and held until its buyers can no longer ask for it back.
    pub fn pending(&self) -> Vec<Money> {
        sums(self.of("HELD"))
    }

    /// Under dispute.
    pub fn reserved(&self) -> Vec<Money> {
        sums(self.of("FROZEN"))
    }

    fn of<'a>(&'a self, account: &'a str) -> impl Iterator<Item = Money> + 'a {
        self.parts.iter().filter(move |part| part.account == account).map(|part| part.amount)
    }

    /// Every part that waits, and why.
    pub fn waiting(&self) -> Vec<Waiting> {
        let waiting = self.parts.iter().map(|part| {
            let reason = match part.account.as_str() {
                "HELD" => WaitingReason::RefundWindow,
                "FROZEN" => WaitingReason::Dispute,
                _ if part.amount.minor < 0 => WaitingReason::OwedBack,
                _ => self.why_due_waits(),
            };
            let until = (reason == WaitingReason::RefundWindow).then(|| until(part)).flatten();
            Waiting { amount: part.amount, reason, until, order: Some(part.order) }
        });
        waiting.collect()
    }

    fn why_due_waits(&self) -> WaitingReason {
        if self.is_held {
            return WaitingReason::PlatformReview;
        }
        match self.account.as_ref().map(|account| account.state) {
            Some(State::Ready) => WaitingReason::OnItsWay,
            Some(State::Pending) => WaitingReason::AccountInReview,
            Some(State::Restricted | State::Rejected) => WaitingReason::AccountRestricted,
            Some(State::NotStarted | State::ActionRequired) | None => WaitingReason::AccountIncomplete,
        }
    }

    /// What the next payout will be if nothing is refunded until then; none without a day to expect it.
    pub fn forecast(&self) -> Option<Forecast> {
        let is_ready = self.account.as_ref().is_some_and(|account| account.state == State::Ready);
        let on = self.interval.next_after(self.today).filter(|_| is_ready && !self.is_held)?;
        let released = self.parts.iter().filter(|part| match part.account.as_str() {
            "DUE" => true,
            "HELD" => until(part).is_some_and(|until| until.date_naive() < on),
            _ => false,
        });
        let next = forecast(on, self.at_stripe.iter().copied().chain(released.map(|part| part.amount)));
        Some(next).filter(|next| !next.amounts.is_empty())
    }
}

fn until(part: &Part) -> Option<crate::kernel::Instant> {
    part.paid_at.map(|paid| paid + Duration::days(i64::from(part.refund_window_days)))
}

fn sums(parts: impl Iterator<Item = Money>) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for part in parts {
        match sums.iter_mut().find(|sum| sum.currency == part.currency) {
            Some(sum) => sum.minor += part.minor,
            None => sums.push(part),
        }
    }
    sums.retain(|sum| sum.minor != 0);
    sums.sort_by_key(|sum| sum.currency.code());
    sums
}

/// When Stripe pays this creator out by itself.
pub async fn schedule_of(app: &App, account: &PayoutAccount) -> Result<Interval> {
    store::schedule(app.db.read(), account.creator).await
}

/// This desk's payouts, newest first.
pub async fn payouts_of(app: &App, desk: &Desk, page: &PageRequest) -> Result<Page<Payout>> {
    store::payouts_of(&app.db, desk.creator_id, page).await
}
