//! What must always hold of what strangers can find.

use crate::kernel::Invariant;

/// Checked by `atelier doctor` and after every test.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "search_complete",
        says: "what is published on an open storefront, and every creator with an open page, can be found",
        sql: "SELECT 'offering ' || o.slug || ' cannot be found' AS row
              FROM offerings o JOIN storefronts s ON s.creator_id = o.creator_id
              WHERE o.status = 'PUBLISHED' AND o.kind <> 'MEMBERSHIP' AND s.is_published
                AND NOT EXISTS (SELECT 1 FROM search_documents d WHERE d.id = o.id AND d.kind = o.kind)
              UNION ALL
              SELECT 'creator ' || c.handle || ' cannot be found' AS row
              FROM creators c JOIN storefronts s ON s.creator_id = c.id
              WHERE s.is_published
                AND NOT EXISTS (SELECT 1 FROM search_documents d WHERE d.id = c.id AND d.kind = 'CREATOR')",
    },
    Invariant {
        name: "search_public",
        says: "nothing can be found that strangers may not see",
        sql: "SELECT d.kind || ' ' || d.label || ' can be found' AS row FROM search_documents d
              WHERE NOT EXISTS (SELECT 1 FROM storefronts s WHERE s.creator_id = d.creator_id AND s.is_published)
                 OR (d.kind = 'CREATOR' AND d.id <> d.creator_id)
                 OR (d.kind <> 'CREATOR' AND NOT EXISTS (
                        SELECT 1 FROM offerings o
                        WHERE o.id = d.id AND o.creator_id = d.creator_id AND o.status = 'PUBLISHED'))",
    },
    Invariant {
        name: "search_current",
        says: "what can be found is found by the words it has now",
        sql: "SELECT d.kind || ' ' || d.label || ' is found by old words' AS row
              FROM search_documents d JOIN creators c ON c.id = d.creator_id
              LEFT JOIN offerings o ON o.id = d.id
              WHERE d.creator_name <> c.display_name
                 OR d.label <> COALESCE(o.title, c.display_name)
                 OR d.version <> COALESCE(o.version, 0)
                 OR d.languages NOT LIKE '% ' || LOWER(COALESCE(o.language, '')) || '%'",
    },
];
