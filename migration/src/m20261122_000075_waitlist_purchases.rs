//! Seats that are bought by themselves when somebody who waits gets one.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // What somebody who waits has agreed to: what it costs, for which date under which policy, with which card, in which
    // words and when. One attempt an entry: its checkout, or why there is none, when its card was about to be charged, and
    // when it was over.
    "CREATE TABLE waitlist_purchases (
    entry_id       UUID PRIMARY KEY REFERENCES waitlist_entries (id),
    quote          JSONB NOT NULL,
    amount_minor   BIGINT NOT NULL CHECK (amount_minor > 0),
    currency       TEXT NOT NULL,
    payment_method TEXT NOT NULL,
    card_brand     TEXT NOT NULL,
    card_last4     TEXT NOT NULL,
    sequence       INT NOT NULL,
    policy         TEXT NOT NULL,
    consents       JSONB NOT NULL,
    agreed_at      TIMESTAMPTZ NOT NULL,
    checkout_id    UUID REFERENCES checkouts (id),
    charged_at     TIMESTAMPTZ,
    why_not        TEXT CHECK (why_not IN
                   ('DECLINED', 'AUTHENTICATION', 'CARD_EXPIRED', 'CARD_GONE', 'PRICE_CHANGED', 'NOT_ON_SALE', 'MOVED',
                    'POLICY_CHANGED', 'SUSPENDED', 'TOO_LATE', 'LEFT', 'NOT_POSSIBLE')),
    ended_at       TIMESTAMPTZ,
    UNIQUE (checkout_id),
    CHECK (charged_at IS NULL OR checkout_id IS NOT NULL),
    CHECK (ended_at IS NULL OR why_not IS NOT NULL)
)",
];

crate::dialect::migration!(up: UP, drop: &["waitlist_purchases"]);
