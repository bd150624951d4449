//! What can be done about seats, and how it is answered.

/// What people and time do. Numbers are positions in the model's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Somebody wants a seat; of a session that costs something, they come to Stripe's page.
    Take { who: usize, session: usize },
    /// Somebody wants seats for others, and perhaps one for themselves, in one purchase.
    Bring { who: usize, session: usize, own: bool, others: Vec<usize> },
    /// They pay on the page.
    Pay { order: usize },
    /// Their bank says no.
    Decline { order: usize },
    /// They say never mind.
    Cancel { order: usize },
    /// They pay, and nobody tells us before time goes on.
    PayUnheard { order: usize },
    /// Somebody wants to wait for so many places, or for another number of them.
    Wait { who: usize, session: usize, seats: usize },
    /// They no longer do.
    Leave { who: usize, session: usize },
    /// They give their seat back.
    GiveUp { who: usize, session: usize },
    /// Who bought a seat for somebody else gives it back: which seat of which purchase.
    TakeBack { order: usize, place: usize },
    /// They give it to somebody else.
    Transfer { who: usize, session: usize, to: usize },
    /// They go to another session instead.
    Move { who: usize, from: usize, to: usize },
    /// Every held seat is given away, past the API, while its page can still be paid.
    Forget,
    /// Minutes go by.
    Pass { minutes: i64 },
}

/// What a command should be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// It is refused with this code.
    Refused(String),
    /// Stripe's page says no.
    Declined,
}
