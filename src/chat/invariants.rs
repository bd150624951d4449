//! What rooms must keep, as `atelier doctor` checks it.

use crate::kernel::Invariant;

/// The rules of this room.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "logs_have_no_hole",
        says: "what happened in a room is numbered 1, 2, 3 … without hole or double, up to the room's last number",
        sql: "SELECT s.local_start AS row FROM chat_rooms r JOIN workshop_sessions s ON s.id = r.session_id
              LEFT JOIN (SELECT room_id, COUNT(DISTINCT sequence) AS n, COUNT(*) AS lines, MIN(sequence) AS first,
                                MAX(sequence) AS last
                         FROM chat_events GROUP BY room_id) e ON e.room_id = r.session_id
              WHERE r.last_sequence <> COALESCE(e.n, 0) OR r.last_sequence <> COALESCE(e.lines, 0)
                 OR r.last_sequence <> COALESCE(e.last, 0) OR COALESCE(e.first, 1) <> 1",
    },
    Invariant {
        name: "messages_stand_in_the_log",
        says: "a message was added once, at its place in its room's log, and a removed one was removed once",
        sql: "SELECT s.local_start AS row FROM chat_messages m JOIN workshop_sessions s ON s.id = m.room_id
              LEFT JOIN (SELECT room_id, message_id,
                                SUM(CASE WHEN kind = 'MESSAGE_ADDED' THEN 1 ELSE 0 END) AS added,
                                MIN(CASE WHEN kind = 'MESSAGE_ADDED' THEN sequence END) AS place,
                                SUM(CASE WHEN kind = 'MESSAGE_REMOVED' THEN 1 ELSE 0 END) AS removed
                         FROM chat_events GROUP BY room_id, message_id) e
                ON e.message_id = m.id AND e.room_id = m.room_id
              WHERE COALESCE(e.added, 0) <> 1 OR COALESCE(e.place, 0) <> m.sequence
                 OR COALESCE(e.removed, 0) <> CASE WHEN m.removed_at IS NULL THEN 0 ELSE 1 END",
    },
    Invariant {
        name: "removed_is_gone",
        says: "of a removed message there are no words and nothing under it",
        sql: "SELECT s.local_start AS row FROM chat_messages m JOIN workshop_sessions s ON s.id = m.room_id
              WHERE m.removed_at IS NOT NULL
                AND (m.body <> '' OR EXISTS (SELECT 1 FROM chat_reactions r WHERE r.message_id = m.id))",
    },
    Invariant {
        name: "answers_stay_in_the_room",
        says: "a message answers an earlier one of the same room",
        sql: "SELECT s.local_start AS row FROM chat_messages m JOIN chat_messages t ON t.id = m.reply_to_id
              JOIN workshop_sessions s ON s.id = m.room_id
              WHERE t.room_id <> m.room_id OR t.sequence >= m.sequence",
    },
];
