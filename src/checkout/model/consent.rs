//! What a buyer agrees to, in which words.

/// Something a buyer agrees to, word for word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Which.
    pub kind: ConsentKind,
    /// Names the wording.
    pub version: &'static str,
    /// Markdown.
    pub text: &'static str,
}

pub(super) const TERMS: Consent = Consent {
    kind: ConsentKind::Terms,
    version: "2026-11",
    text: "I agree to the terms of sale and have read how my data is used.",
};

pub(super) const MEMBERSHIP_TERMS: Consent = Consent {
    kind: ConsentKind::Terms,
    version: "2026-11-membership",
    text: "I agree to the terms of sale and have read how my data is used. My membership renews by itself and its price \
           is charged again each period, from the end of the trial if there is one, until I end it. I can end it in my \
           library at any time.",
};

pub(super) const WAITLIST_TERMS: Consent = Consent {
    kind: ConsentKind::Terms,
    version: "2026-11-waitlist",
    text: "I agree to the terms of sale and have read how my data is used. When a place becomes free for me, it is bought \
           by itself: exactly this price is charged to the saved card, without asking me again, and I am told by e-mail. \
           I can take this back on the waitlist until then. Given back until a day before the start, the seat's money comes \
           back at once; a seat that is bought or given back later than that is paid back only if somebody else takes the \
           place. If the session is moved, or its price or cancellation policy changes, nothing is bought without me.",
};

pub(super) const IMMEDIATE_ACCESS: Consent = Consent {
    kind: ConsentKind::ImmediateAccess,
    version: "2026-11",
    text: "I want access at once, and know that my right to withdraw ends when I begin.",
};

/// What a consent is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum ConsentKind {
    Terms,
    ImmediateAccess,
    Recording,
    Marketing,
    Analytics,
}

impl ConsentKind {
    /// The kind of this name.
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::Terms, Self::ImmediateAccess, Self::Recording, Self::Marketing, Self::Analytics];
        all.into_iter().find(|kind| kind.name() == name)
    }

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terms => "TERMS",
            Self::ImmediateAccess => "IMMEDIATE_ACCESS",
            Self::Recording => "RECORDING",
            Self::Marketing => "MARKETING",
            Self::Analytics => "ANALYTICS",
        }
    }
}
