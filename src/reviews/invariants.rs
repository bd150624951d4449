//! What reviews must keep, as `atelier doctor` checks it.

use crate::kernel::Invariant;

/// The rules of this room.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "offering_ratings",
        says: "an offering's stars are those of its reviews that were not taken down",
        sql: "SELECT 'offering ' || o.slug || ' is shown with ' || o.rating_count || ' ratings and has '
                  || COALESCE(r.n, 0) AS row
              FROM offerings o LEFT JOIN
                  (SELECT offering_id, COUNT(*) AS n, SUM(rating) AS stars,
                          SUM(CASE WHEN rating = 1 THEN 1 ELSE 0 END) AS n1,
                          SUM(CASE WHEN rating = 2 THEN 1 ELSE 0 END) AS n2,
                          SUM(CASE WHEN rating = 3 THEN 1 ELSE 0 END) AS n3,
                          SUM(CASE WHEN rating = 4 THEN 1 ELSE 0 END) AS n4,
                          SUM(CASE WHEN rating = 5 THEN 1 ELSE 0 END) AS n5
                   FROM reviews WHERE hidden_at IS NULL GROUP BY offering_id) r ON r.offering_id = o.id
              WHERE o.rating_count <> COALESCE(r.n, 0) OR o.rating_sum <> COALESCE(r.stars, 0)
                 OR o.ratings_1 <> COALESCE(r.n1, 0) OR o.ratings_2 <> COALESCE(r.n2, 0)
                 OR o.ratings_3 <> COALESCE(r.n3, 0) OR o.ratings_4 <> COALESCE(r.n4, 0)
                 OR o.ratings_5 <> COALESCE(r.n5, 0)",
    },
    Invariant {
        name: "creator_rating_counts",
        says: "a creator's stars are those of their offerings together",
        sql: "SELECT 'creator ' || c.handle || ' is shown with ' || c.rating_count || ' ratings and has '
                  || COALESCE(o.n, 0) AS row
              FROM creators c LEFT JOIN
                  (SELECT creator_id, SUM(rating_count) AS n, SUM(rating_sum) AS stars, SUM(ratings_1) AS n1,
                          SUM(ratings_2) AS n2, SUM(ratings_3) AS n3, SUM(ratings_4) AS n4, SUM(ratings_5) AS n5
                   FROM offerings GROUP BY creator_id) o ON o.creator_id = c.id
              WHERE c.rating_count <> COALESCE(o.n, 0) OR c.rating_sum <> COALESCE(o.stars, 0)
                 OR c.ratings_1 <> COALESCE(o.n1, 0) OR c.ratings_2 <> COALESCE(o.n2, 0)
                 OR c.ratings_3 <> COALESCE(o.n3, 0) OR c.ratings_4 <> COALESCE(o.n4, 0)
                 OR c.ratings_5 <> COALESCE(o.n5, 0)",
    },
    Invariant {
        name: "reviews_of_offerings",
        says: "a review is of a course or workshop of the creator it is listed under",
        sql: "SELECT 'a review of ' || o.slug AS row FROM reviews r JOIN offerings o ON o.id = r.offering_id
              WHERE r.creator_id <> o.creator_id OR o.kind NOT IN ('COURSE', 'WORKSHOP')",
    },
    Invariant {
        name: "reviewers_were_there",
        says: "a review rests on its author's own right to that course, or seat at that workshop",
        sql: "SELECT 'a review of ' || o.slug AS row FROM reviews r JOIN offerings o ON o.id = r.offering_id
              LEFT JOIN enrollments e ON e.id = r.enrollment_id
              LEFT JOIN seats p ON p.id = r.seat_id LEFT JOIN workshop_sessions s ON s.id = p.session_id
              WHERE COALESCE(e.offering_id, s.workshop_id) <> r.offering_id
                 OR (r.author_id IS NOT NULL AND COALESCE(e.user_id, p.user_id) <> r.author_id)",
    },
    Invariant {
        name: "helpful_counts",
        says: "a review was found helpful by as many as voted for it, and never by its author",
        sql: "SELECT 'a review of ' || o.slug || ' counts ' || r.helpful_count AS row
              FROM reviews r JOIN offerings o ON o.id = r.offering_id LEFT JOIN
                  (SELECT review_id, COUNT(*) AS n FROM review_votes GROUP BY review_id) v ON v.review_id = r.id
              WHERE r.helpful_count <> COALESCE(v.n, 0)
                 OR EXISTS (SELECT 1 FROM review_votes x WHERE x.review_id = r.id AND x.user_id = r.author_id)",
    },
    Invariant {
        name: "taken_down_explained",
        says: "a review that was taken down is in the audit log, with the operator and the reason",
        sql: "SELECT 'a review of ' || o.slug AS row FROM reviews r JOIN offerings o ON o.id = r.offering_id
              WHERE r.hidden_at IS NOT NULL AND NOT EXISTS
                  (SELECT 1 FROM audit_log a WHERE a.action = 'review.take_down' AND a.creator_id = r.creator_id
                   AND a.occurred_at = r.hidden_at AND a.reason IS NOT NULL)",
    },
];
