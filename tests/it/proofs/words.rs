//! What can be done in the market of the model, and how it is answered.

/// What people, Stripe and time do. Numbers are positions in the model's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A follower asks what a course costs.
    Quote { buyer: usize, offer: usize, with: With },
    /// They agree to a quote and come to Stripe's page.
    Agree { quote: usize },
    /// Their phone sends the same agreement once more.
    AgreeAgain { order: usize },
    /// They pay on the page.
    Pay { order: usize, card: Card },
    /// They say never mind.
    Cancel { order: usize },
    /// They ask us to look.
    Sync { order: usize },
    /// They ask twice at once, while events arrive.
    Rush { order: usize },
    /// They take the free course.
    ClaimFree { buyer: usize },
    /// Stripe closes the page.
    ExpireAtStripe { order: usize },
    /// The creator replaces a price.
    Reprice { offer: usize },
    /// The creator makes a code that takes something off, for a few.
    MakeCoupon,
    /// The creator ends a code.
    EndCoupon { coupon: usize },
    /// Somebody has a gift's code and redeems it.
    Redeem { buyer: usize, order: usize },
    /// Money goes back: so many cents, or all that is left together with the right to learn.
    Refund { order: usize, amount: Option<i64>, by: Hand },
    /// The buyer's bank takes the payment back.
    Dispute { order: usize },
    /// The bank decides: for us, or not.
    Decide { order: usize, won: bool },
    /// The seller offers the co-teacher so many basis points of a course, or leaves them out.
    Share { offer: usize, points: Option<i64> },
    /// The co-teacher takes the part that is offered, or wants none.
    AnswerShare { offer: usize, yes: bool },
    /// An operator keeps a payee's money from being sent, or lets it go.
    Hold { payee: usize, hold: bool },
    /// A payee opens an account at Stripe and proves who they are.
    Onboard { payee: usize },
    /// From now on events are delivered like this.
    Weather(Weather),
    /// Events that are due are delivered, jobs that are due are done.
    Settle,
    /// Every event of this market is delivered once more, in another order.
    Resend { shuffle: u64 },
    /// Minutes go by.
    Pass { minutes: i64 },
}

/// What a follower says when they ask for a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Nothing more.
    Nothing,
    /// A code.
    Coupon(usize),
    /// That it is for somebody else.
    Gift,
    /// Which affiliate's link led there.
    Link,
}

/// Who gives money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// The creator.
    Creator,
    /// An operator, at the admin endpoint.
    Operator,
}

/// Cards for the payment page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// Pays.
    Good,
    /// Pays after the bank asked.
    AsksBank,
    /// The bank is asked and says no.
    FailsAtBank,
    /// Is declined.
    Declined,
}

/// How events travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Once, at once, in order.
    Fine,
    /// Twice.
    Doubled,
    /// Later ones first.
    Reordered,
    /// Two hours late.
    Late,
    /// Never.
    Lost,
}

/// What a command should be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// It would cost so many cents.
    Costs(i64),
    /// It is refused with this code.
    Refused(String),
    /// Stripe's page says no.
    Declined,
}
