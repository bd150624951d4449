//! What must always hold of offerings.

use crate::kernel::Invariant;

/// Checked by `atelier doctor` and after every test.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "course_counts",
        says: "a course keeps how many sections and lessons it has, and how many minutes they take",
        sql: "SELECT 'course ' || o.slug || ' keeps ' || c.section_count || ' sections, ' || c.lesson_count
                  || ' lessons, ' || c.estimated_minutes || ' minutes' AS row
              FROM courses c JOIN offerings o ON o.id = c.offering_id
              WHERE c.section_count <> (SELECT COUNT(*) FROM sections s WHERE s.offering_id = o.id)
                 OR c.lesson_count <> (SELECT COUNT(*) FROM lessons l WHERE l.offering_id = o.id)
                 OR c.estimated_minutes <>
                    (SELECT (CAST(COALESCE(SUM(l.duration_seconds), 0) AS BIGINT) + 59) / 60
                     FROM lessons l WHERE l.offering_id = o.id)",
    },
    Invariant {
        name: "course_rows",
        says: "every offering of the kind COURSE has a course, and every course such an offering",
        sql: "SELECT 'offering ' || o.slug || ' is a ' || o.kind AS row FROM offerings o
              WHERE (o.kind = 'COURSE') <> EXISTS (SELECT 1 FROM courses c WHERE c.offering_id = o.id)",
    },
    Invariant {
        name: "workshop_rows",
        says: "every offering of the kind WORKSHOP has a workshop, and every workshop such an offering",
        sql: "SELECT 'offering ' || o.slug || ' is a ' || o.kind AS row FROM offerings o
              WHERE (o.kind = 'WORKSHOP') <> EXISTS (SELECT 1 FROM workshops w WHERE w.offering_id = o.id)",
    },
    Invariant {
        name: "section_positions",
        says: "the sections of a course stand at 0, 1, 2 and so on",
        sql: "SELECT 'course ' || o.slug || ' has gaps between its sections' AS row
              FROM sections s JOIN offerings o ON o.id = s.offering_id GROUP BY o.id, o.slug
              HAVING MIN(s.position) <> 0 OR MAX(s.position) <> COUNT(*) - 1
                  OR COUNT(DISTINCT s.position) <> COUNT(*)",
    },
    Invariant {
        name: "lesson_positions",
        says: "the lessons of a section stand at 0, 1, 2 and so on",
        sql: "SELECT 'section ' || s.title || ' has gaps between its lessons' AS row
              FROM lessons l JOIN sections s ON s.id = l.section_id GROUP BY s.id, s.title
              HAVING MIN(l.position) <> 0 OR MAX(l.position) <> COUNT(*) - 1
                  OR COUNT(DISTINCT l.position) <> COUNT(*)",
    },
    Invariant {
        name: "lesson_course",
        says: "a lesson belongs to the course of its section",
        sql: "SELECT 'lesson ' || l.title || ' is in a section of another course' AS row
              FROM lessons l JOIN sections s ON s.id = l.section_id WHERE l.offering_id <> s.offering_id",
    },
    Invariant {
        name: "lesson_bodies",
        says: "a lesson has the body its kind says, and no other",
        sql:
            "SELECT 'lesson ' || l.title || ' is ' || l.kind || ' and has another body' AS row FROM lessons l
              WHERE (l.media_asset_id IS NOT NULL) <> (l.kind IN ('VIDEO', 'AUDIO'))
                 OR (l.article_markdown IS NOT NULL AND l.kind <> 'TEXT')
                 OR (l.kind = 'DOWNLOAD') <>
                    EXISTS (SELECT 1 FROM lesson_attachments f WHERE f.lesson_id = l.id AND f.is_content)",
    },
    Invariant {
        name: "published_offerings",
        says: "what is published has a description, a lesson with a body, and a price that was not withdrawn",
        sql: "SELECT 'offering ' || o.slug || ' is published without all it needs' AS row FROM offerings o
              WHERE o.status IN ('PUBLISHED', 'UNLISTED') AND o.kind = 'COURSE' AND (
                  o.description_markdown = ''
                  OR NOT EXISTS (SELECT 1 FROM prices p WHERE p.offering_id = o.id AND p.archived_at IS NULL)
                  OR NOT EXISTS (SELECT 1 FROM lessons l WHERE l.offering_id = o.id AND (
                      l.media_asset_id IS NOT NULL OR l.article_markdown IS NOT NULL OR EXISTS (
                          SELECT 1 FROM lesson_attachments f WHERE f.lesson_id = l.id AND f.is_content))))",
    },
    Invariant {
        name: "published_bundles",
        says: "a published bundle has a description, at least two items, and a price that was not withdrawn",
        sql: "SELECT 'bundle ' || o.slug || ' is published without all it needs' AS row FROM offerings o
              WHERE o.status IN ('PUBLISHED', 'UNLISTED') AND o.kind = 'BUNDLE' AND (
                  o.description_markdown = ''
                  OR NOT EXISTS (SELECT 1 FROM prices p WHERE p.offering_id = o.id AND p.archived_at IS NULL)
                  OR (SELECT COUNT(*) FROM bundle_items i WHERE i.bundle_id = o.id) < 2)",
    },
    Invariant {
        name: "published_workshops",
        says: "a published workshop has a description, a venue if one can come, and a price that was not withdrawn",
        sql: "SELECT 'workshop ' || o.slug || ' is published without all it needs' AS row
              FROM offerings o JOIN workshops w ON w.offering_id = o.id
              WHERE o.status IN ('PUBLISHED', 'UNLISTED') AND (
                  o.description_markdown = ''
                  OR (w.format <> 'ONLINE' AND w.venue_name IS NULL)
                  OR NOT EXISTS (SELECT 1 FROM prices p WHERE p.offering_id = o.id AND p.archived_at IS NULL))",
    },
    Invariant {
        name: "bundle_items",
        says: "a bundle holds courses of its own creator, at 0, 1, 2 and so on; nothing else holds items",
        sql: "SELECT 'bundle ' || b.slug || ' holds ' || i.slug AS row
              FROM bundle_items t JOIN offerings b ON b.id = t.bundle_id JOIN offerings i ON i.id = t.item_id
              WHERE b.kind <> 'BUNDLE' OR i.kind <> 'COURSE' OR b.creator_id <> i.creator_id
              UNION ALL
              SELECT 'bundle ' || b.slug || ' has gaps between its items' AS row
              FROM bundle_items t JOIN offerings b ON b.id = t.bundle_id GROUP BY b.id, b.slug
              HAVING MIN(t.position) <> 0 OR MAX(t.position) <> COUNT(*) - 1
                  OR COUNT(DISTINCT t.position) <> COUNT(*)",
    },
    Invariant {
        name: "default_prices",
        says: "an offering has at most one default price, and a withdrawn price is no default",
        sql: "SELECT 'offering ' || o.slug || ' has a wrong default price' AS row FROM offerings o
              WHERE (SELECT COUNT(*) FROM prices p WHERE p.offering_id = o.id AND p.is_default) > 1
                 OR EXISTS (SELECT 1 FROM prices p
                            WHERE p.offering_id = o.id AND p.is_default AND p.archived_at IS NOT NULL)",
    },
    Invariant {
        name: "parts_are_of_what_is_taught",
        says: "only courses and workshops are shared",
        sql: "SELECT o.slug AS row FROM offering_payees p JOIN offerings o ON o.id = p.offering_id
              WHERE o.kind NOT IN ('COURSE', 'WORKSHOP')",
    },
    Invariant {
        name: "offering_parts",
        says: "the accepted parts of an offering come to no more than all of it, and none is its own creator's",
        sql: "SELECT 'offering ' || o.slug || ' is shared out wrongly' AS row FROM offerings o
              WHERE (SELECT COALESCE(SUM(p.accepted_basis_points), 0) FROM offering_payees p
                     WHERE p.offering_id = o.id) > 10000
                 OR EXISTS (SELECT 1 FROM offering_payees p
                            WHERE p.offering_id = o.id AND p.payee_creator_id = o.creator_id)",
    },
    Invariant {
        name: "offering_answers",
        says: "a part that was accepted counts, and one that was declined does not",
        sql: "SELECT 'a part of offering ' || o.slug || ' counts although its payee did not say so' AS row
              FROM offering_payees p JOIN offerings o ON o.id = p.offering_id
              WHERE (p.state = 'ACCEPTED' AND (p.accepted_basis_points IS NULL
                        OR p.accepted_basis_points <> p.offered_basis_points))
                 OR (p.state = 'DECLINED' AND p.accepted_basis_points IS NOT NULL)",
    },
    Invariant {
        name: "offering_links",
        says: "a link of a creator leads to one offering: none has a link that another had before",
        sql: "SELECT 'link ' || f.slug || ' leads to two offerings' AS row
              FROM former_slugs f JOIN offerings o ON o.creator_id = f.creator_id AND o.slug = f.slug",
    },
];
