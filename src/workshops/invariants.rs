//! What sessions and seats must keep, as `atelier doctor` checks it.

use crate::kernel::Invariant;

/// The rules of this room.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "places_are_counted",
        says: "a session's taken places are its seats that are offered, held or seated, and never more than there are",
        sql: "SELECT s.local_start AS row FROM workshop_sessions s
              WHERE s.taken <> (SELECT COUNT(*) FROM seats p
                                WHERE p.session_id = s.id AND p.state IN ('OFFERED', 'HELD', 'SEATED'))
                 OR s.taken > s.capacity",
    },
    Invariant {
        name: "seats_rest_on_their_money",
        says: "a held seat's order waits for its money, and a seat that is paid for has an order that was paid",
        sql: "SELECT o.number AS row FROM seats p JOIN order_lines l ON l.id = p.order_line_id
              JOIN orders o ON o.id = l.order_id
              WHERE (p.state = 'HELD' AND o.status <> 'PENDING')
                 OR (p.state IN ('SEATED', 'UNSEATED', 'REFUNDED') AND o.paid_at IS NULL)",
    },
    Invariant {
        name: "workshops_are_bought_with_a_seat",
        says: "a line of a workshop has a seat, and no other line has one",
        sql: "SELECT o.number AS row FROM order_lines l JOIN orders o ON o.id = l.order_id
              JOIN offerings f ON f.id = l.offering_id
              WHERE (f.kind = 'WORKSHOP') <> EXISTS (SELECT 1 FROM seats p WHERE p.order_line_id = l.id)",
    },
    Invariant {
        name: "companions_seats_are_bought_for_them",
        says: "a seat is a companion's where its line is for somebody else, and only there",
        sql: "SELECT o.number AS row FROM seats p JOIN order_lines l ON l.id = p.order_line_id
              JOIN orders o ON o.id = l.order_id
              WHERE p.for_companion <> (l.gift_recipient IS NOT NULL)",
    },
    Invariant {
        name: "companions_know_of_paid_seats_alone",
        says: "a companion's seat is known by an address until somebody has claimed it, and nobody's before it is paid",
        sql: "SELECT p.check_in_code AS row FROM seats p JOIN order_lines l ON l.id = p.order_line_id
              JOIN orders o ON o.id = l.order_id
              WHERE p.for_companion AND ((p.user_id IS NULL AND p.holder_email IS NULL)
                 OR (p.user_id IS NOT NULL AND (p.state = 'HELD' OR o.paid_at IS NULL)))",
    },
    Invariant {
        name: "seats_are_held_together",
        says: "an order that waits for its money holds all its seats or none, and at most six at one session",
        sql: "SELECT o.number AS row FROM orders o JOIN order_lines l ON l.order_id = o.id
              JOIN seats p ON p.order_line_id = l.id
              WHERE o.status = 'PENDING' GROUP BY o.id, o.number
              HAVING MIN(CASE WHEN p.state = 'HELD' THEN 1 ELSE 0 END)
                  <> MAX(CASE WHEN p.state = 'HELD' THEN 1 ELSE 0 END)
              UNION ALL
              SELECT o.number AS row FROM orders o JOIN order_lines l ON l.order_id = o.id
              JOIN seats p ON p.order_line_id = l.id
              WHERE o.status = 'PENDING' AND p.state = 'HELD' GROUP BY o.id, o.number, p.session_id
              HAVING COUNT(*) > 6",
    },
    Invariant {
        name: "paid_seats_are_seats_choices_or_refunds",
        says: "what was paid for a seat is a seat, a choice, waits for the place to be sold again, or goes back",
        sql: "SELECT o.number AS row FROM seats p JOIN order_lines l ON l.id = p.order_line_id
              JOIN orders o ON o.id = l.order_id
              WHERE o.status IN ('PAID', 'PARTIALLY_REFUNDED') AND l.amount_minor > 0 AND p.state = 'RELEASED'
                AND NOT p.refund_if_resold
                AND NOT EXISTS (SELECT 1 FROM refund_lines r WHERE r.order_line_id = l.id)
                AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.kind = 'SEAT_NOT_PAID_BACK')
                AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'refunds.pay_back_seat'
                                  AND j.finished_at IS NULL)",
    },
    Invariant {
        name: "nobody_is_overtaken",
        says: "where somebody waits for a session that lies ahead, or wants more than is kept for them, every place is taken",
        sql: "SELECT s.local_start AS row FROM workshop_sessions s
              WHERE s.cancelled_at IS NULL AND s.capacity IS NOT NULL AND s.taken < s.capacity
                AND s.live_at IS NULL
                AND EXISTS (SELECT 1 FROM waitlist_entries w
                            WHERE w.session_id = s.id
                              AND (w.state = 'WAITING' OR (w.state = 'OFFERED' AND w.seats - 1 >
                                   (SELECT COUNT(*) FROM seats p WHERE p.offered_to = w.id AND p.state = 'OFFERED')))
                              AND w.updated_at < s.starts_at AND s.updated_at < s.starts_at)
                AND EXISTS (SELECT 1 FROM seats p WHERE p.session_id = s.id AND p.updated_at < s.starts_at
                              AND p.state IN ('RELEASED', 'REFUNDED'))
                AND NOT EXISTS (SELECT 1 FROM seats p WHERE p.session_id = s.id AND p.updated_at >= s.starts_at)",
    },
    Invariant {
        name: "offers_are_kept",
        says: "an offer on the waitlist has its own seat, and an offered seat has its entry",
        sql: "SELECT p.check_in_code AS row FROM seats p
              WHERE p.state = 'OFFERED'
                AND NOT EXISTS (SELECT 1 FROM waitlist_entries w WHERE w.state = 'OFFERED'
                                  AND w.session_id = p.session_id
                                  AND ((w.seat_id = p.id AND p.offered_to IS NULL AND p.user_id = w.user_id)
                                    OR (w.id = p.offered_to AND p.user_id IS NULL AND p.holder_email IS NULL)))
                AND NOT EXISTS (SELECT 1 FROM workshop_sessions s
                                WHERE s.id = p.session_id AND s.cancelled_at IS NOT NULL)
              UNION ALL
              SELECT p.check_in_code AS row FROM waitlist_entries w JOIN seats p ON p.id = w.seat_id
              WHERE w.state = 'OFFERED' AND p.state <> 'OFFERED'",
    },
    Invariant {
        name: "no_more_is_kept_than_is_wanted",
        says: "nobody is kept more seats than they wait for, nor any for longer than their own",
        sql: "SELECT s.local_start AS row FROM waitlist_entries w JOIN workshop_sessions s ON s.id = w.session_id
              WHERE w.state = 'OFFERED' AND w.seats - 1 <
                    (SELECT COUNT(*) FROM seats p WHERE p.offered_to = w.id AND p.state = 'OFFERED')
              UNION ALL
              SELECT p.check_in_code AS row FROM seats p JOIN waitlist_entries w ON w.id = p.offered_to
              JOIN seats o ON o.id = w.seat_id
              WHERE p.state = 'OFFERED' AND o.state = 'OFFERED' AND p.held_until <> o.held_until",
    },
    Invariant {
        name: "one_seat_is_bought_by_itself",
        says: "who waits for several seats has not agreed that they are bought by themselves",
        sql: "SELECT s.local_start AS row FROM waitlist_entries w JOIN workshop_sessions s ON s.id = w.session_id
              JOIN waitlist_purchases p ON p.entry_id = w.id
              WHERE w.seats > 1 AND w.state IN ('WAITING', 'OFFERED') AND p.ended_at IS NULL",
    },
    Invariant {
        name: "what_is_bought_by_itself_was_agreed_to",
        says: "a seat that was bought by itself cost what its owner had agreed to, and was bought for them",
        sql: "SELECT o.number AS row FROM waitlist_purchases p JOIN waitlist_entries w ON w.id = p.entry_id
              JOIN checkouts c ON c.id = p.checkout_id JOIN orders o ON o.id = c.order_id
              WHERE o.total_minor <> p.amount_minor OR o.currency <> p.currency OR o.buyer_id <> w.user_id",
    },
    Invariant {
        name: "nobody_waits_for_a_purchase_that_is_over",
        says: "a purchase by itself that came to nothing is known to have ended",
        sql: "SELECT o.number AS row FROM waitlist_purchases p JOIN checkouts c ON c.id = p.checkout_id
              JOIN orders o ON o.id = c.order_id
              WHERE c.status IN ('FAILED', 'EXPIRED', 'CANCELLED') AND p.ended_at IS NULL",
    },
    Invariant {
        name: "cards_are_charged_while_a_seat_is_held",
        says: "a seat is bought by itself before its hold ends and its session begins, and for who stays",
        sql: "SELECT o.number AS row FROM waitlist_purchases p JOIN waitlist_entries w ON w.id = p.entry_id
              JOIN workshop_sessions s ON s.id = w.session_id
              JOIN checkouts c ON c.id = p.checkout_id JOIN orders o ON o.id = c.order_id
              WHERE p.charged_at >= c.expires_at OR p.charged_at >= s.starts_at
                 OR p.charged_at < p.agreed_at OR p.sequence > s.sequence
                 OR (p.charged_at IS NOT NULL AND w.state = 'LEFT' AND o.status = 'PAID')",
    },
    Invariant {
        name: "cards_are_charged_once",
        says: "a saved card is charged at most once for an entry, and only after it was noted that it is",
        sql: "SELECT o.number AS row FROM checkouts c JOIN orders o ON o.id = c.order_id
              LEFT JOIN waitlist_purchases p ON p.checkout_id = c.id
              JOIN outgoing_calls x ON x.subject_id = c.id AND x.kind = 'saved_card'
              WHERE x.attempt > 1 OR p.charged_at IS NULL",
    },
    Invariant {
        name: "who_came_was_there",
        says: "who came in with a seat is not unknown to have been there, and whom a host noted was there",
        sql: "SELECT p.check_in_code AS row FROM seats p JOIN seat_visits v ON v.seat_id = p.id
              WHERE p.attended IS NULL OR (v.means = 'HOST' AND NOT p.attended)",
    },
    Invariant {
        name: "thanks_come_after",
        says: "nobody is thanked for a session that had not begun, or was called off",
        sql: "SELECT s.local_start AS row FROM workshop_sessions s
              WHERE s.thanked_at IS NOT NULL AND (s.cancelled_at IS NOT NULL OR s.thanked_at < s.starts_at)",
    },
    Invariant {
        name: "recordings_are_of_what_took_place",
        says: "a session with a recording had begun when it was set, and was not called off",
        sql: "SELECT s.local_start AS row FROM session_replays r JOIN workshop_sessions s ON s.id = r.session_id
              WHERE s.cancelled_at IS NOT NULL OR (s.live_at IS NULL AND r.since < s.starts_at)",
    },
    Invariant {
        name: "recordings_are_their_creators_films",
        says: "a session's recording is a READY video of its creator",
        sql: "SELECT s.local_start AS row FROM session_replays r JOIN workshop_sessions s ON s.id = r.session_id
              LEFT JOIN assets a ON a.id = r.asset_id AND a.creator_id = s.creator_id AND a.kind = 'VIDEO'
                   AND a.state = 'READY' AND a.deleted_at IS NULL
              WHERE a.id IS NULL",
    },
    Invariant {
        name: "who_was_removed_has_not_been_there_since",
        says: "whom a host has removed from a room has not come in after that, as far as anything is known",
        sql: "SELECT p.check_in_code AS row FROM room_limits l
              JOIN seats p ON p.session_id = l.session_id AND p.user_id = l.user_id
              JOIN seat_visits v ON v.seat_id = p.id
              WHERE v.means <> 'HOST' AND v.came_at > l.removed_at",
    },
    Invariant {
        name: "recorded_sessions_are_in_rooms_of_ours",
        says: "only a session with a built-in room is set to be recorded",
        sql: "SELECT s.local_start AS row FROM workshop_sessions s
              WHERE s.recorded AND (s.join_provider IS NULL OR s.join_provider <> 'BUILT_IN')",
    },
    Invariant {
        name: "what_was_recorded_is_its_creators",
        says: "the film of a session is a file of its creator",
        sql: "SELECT r.film_key AS row FROM session_recordings r
              JOIN workshop_sessions s ON s.id = r.session_id JOIN assets a ON a.id = r.asset_id
              WHERE a.creator_id IS NULL OR a.creator_id <> s.creator_id",
    },
    Invariant {
        name: "built_in_doors_have_rooms",
        says: "a session with a room of ours has its name",
        sql: "SELECT s.local_start AS row FROM workshop_sessions s
              WHERE s.join_provider = 'BUILT_IN'
                AND NOT EXISTS (SELECT 1 FROM live_rooms r WHERE r.session_id = s.id)",
    },
];
