//! What learners think: reviews, who found them helpful, who was asked for one, and how many stars everything has.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // One of each person and offering. Rests on the right to a course or on a seat at a workshop. Who closes their
    // account leaves a review of nobody.
    "CREATE TABLE reviews (
    id             UUID PRIMARY KEY,
    offering_id    UUID NOT NULL REFERENCES offerings (id),
    creator_id     UUID NOT NULL REFERENCES creators (id),
    author_id      UUID REFERENCES users (id) ON DELETE SET NULL,
    enrollment_id  UUID REFERENCES enrollments (id),
    seat_id        UUID REFERENCES seats (id),
    is_paid        BOOLEAN NOT NULL,
    rating         INT NOT NULL CHECK (rating BETWEEN 1 AND 5),
    body_markdown  TEXT NOT NULL,
    reply_markdown TEXT,
    replied_by     UUID REFERENCES users (id) ON DELETE SET NULL,
    replied_at     TIMESTAMPTZ,
    helpful_count  INT NOT NULL CHECK (helpful_count >= 0),
    hidden_at      TIMESTAMPTZ,
    erased_at      TIMESTAMPTZ,
    created_at     TIMESTAMPTZ NOT NULL,
    edited_at      TIMESTAMPTZ,
    UNIQUE (offering_id, author_id),
    CHECK ((enrollment_id IS NULL) <> (seat_id IS NULL)),
    CHECK ((reply_markdown IS NULL) = (replied_at IS NULL)),
    CHECK (erased_at IS NULL OR (hidden_at IS NOT NULL AND body_markdown = '' AND reply_markdown IS NULL))
)",
    // An index for each order of the list.
    "CREATE INDEX reviews_helpful ON reviews (offering_id, helpful_count, id) WHERE hidden_at IS NULL",
    "CREATE INDEX reviews_newest ON reviews (offering_id, id) WHERE hidden_at IS NULL",
    "CREATE INDEX reviews_highest ON reviews (offering_id, rating, id) WHERE hidden_at IS NULL",
    "CREATE INDEX reviews_lowest ON reviews (offering_id, rating, id DESC) WHERE hidden_at IS NULL",
    "CREATE INDEX reviews_of_creator ON reviews (creator_id, helpful_count, id) WHERE hidden_at IS NULL",
    "CREATE INDEX reviews_by_author ON reviews (author_id)",
    "CREATE TABLE review_votes (
    review_id  UUID NOT NULL REFERENCES reviews (id),
    user_id    UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (review_id, user_id)
)",
    // Who was asked what they think of something: once, ever.
    "CREATE TABLE review_invitations (
    user_id     UUID NOT NULL REFERENCES users (id),
    offering_id UUID NOT NULL REFERENCES offerings (id),
    invited_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, offering_id)
)",
    // Looked for every few minutes, among all there ever were.
    "CREATE INDEX enrollments_by_completion ON enrollments (completed_at) WHERE completed_at IS NOT NULL",
    "CREATE INDEX workshop_sessions_by_end ON workshop_sessions (ends_at) WHERE cancelled_at IS NULL",
    "ALTER TABLE offerings ADD COLUMN ratings_1 INT NOT NULL DEFAULT 0",
    "ALTER TABLE offerings ADD COLUMN ratings_2 INT NOT NULL DEFAULT 0",
    "ALTER TABLE offerings ADD COLUMN ratings_3 INT NOT NULL DEFAULT 0",
    "ALTER TABLE offerings ADD COLUMN ratings_4 INT NOT NULL DEFAULT 0",
    "ALTER TABLE offerings ADD COLUMN ratings_5 INT NOT NULL DEFAULT 0",
    "ALTER TABLE creators ADD COLUMN ratings_1 INT NOT NULL DEFAULT 0",
    "ALTER TABLE creators ADD COLUMN ratings_2 INT NOT NULL DEFAULT 0",
    "ALTER TABLE creators ADD COLUMN ratings_3 INT NOT NULL DEFAULT 0",
    "ALTER TABLE creators ADD COLUMN ratings_4 INT NOT NULL DEFAULT 0",
    "ALTER TABLE creators ADD COLUMN ratings_5 INT NOT NULL DEFAULT 0",
];

const DOWN: &[&str] = &[
    "DROP INDEX workshop_sessions_by_end",
    "DROP INDEX enrollments_by_completion",
    "DROP TABLE review_invitations",
    "DROP TABLE review_votes",
    "DROP TABLE reviews",
    "UPDATE offerings SET rating_sum = 0, rating_count = 0",
    "UPDATE creators SET rating_sum = 0, rating_count = 0, rating_milli = 0",
    "ALTER TABLE offerings DROP COLUMN ratings_1",
    "ALTER TABLE offerings DROP COLUMN ratings_2",
    "ALTER TABLE offerings DROP COLUMN ratings_3",
    "ALTER TABLE offerings DROP COLUMN ratings_4",
    "ALTER TABLE offerings DROP COLUMN ratings_5",
    "ALTER TABLE creators DROP COLUMN ratings_1",
    "ALTER TABLE creators DROP COLUMN ratings_2",
    "ALTER TABLE creators DROP COLUMN ratings_3",
    "ALTER TABLE creators DROP COLUMN ratings_4",
    "ALTER TABLE creators DROP COLUMN ratings_5",
];

crate::dialect::migration!(up: UP, down: DOWN);
