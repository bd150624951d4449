//! What must always hold of creators.

use crate::kernel::Invariant;

/// Checked by `atelier doctor` and after every test.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "creator_follower_counts",
        says: "a creator's follower_count is the number of its followers",
        sql: "SELECT 'creator ' || c.handle || ' counts ' || c.follower_count || ' followers and has ' ||
                  (SELECT COUNT(*) FROM follows f WHERE f.creator_id = c.id) AS row
              FROM creators c
              WHERE c.follower_count <> (SELECT COUNT(*) FROM follows f WHERE f.creator_id = c.id)",
    },
    Invariant {
        name: "creator_owners",
        says: "every creator has exactly one owner",
        sql:
            "SELECT 'creator ' || c.handle || ' has no single owner' AS row FROM creators c
              WHERE (SELECT COUNT(*) FROM team_members t WHERE t.creator_id = c.id AND t.role = 'OWNER') <> 1",
    },
    Invariant {
        name: "creator_storefronts",
        says: "every creator has a storefront",
        sql: "SELECT 'creator ' || c.handle || ' has no storefront' AS row FROM creators c
              WHERE NOT EXISTS (SELECT 1 FROM storefronts s WHERE s.creator_id = c.id)",
    },
    Invariant {
        name: "creator_niches",
        says: "every creator is listed under one to five niches",
        sql:
            "SELECT 'creator ' || c.handle || ' is not listed under one to five niches' AS row FROM creators c
              WHERE (SELECT COUNT(*) FROM creator_niches n WHERE n.creator_id = c.id) NOT BETWEEN 1 AND 5",
    },
    Invariant {
        name: "creator_ratings",
        says: "a creator's rating_milli is its rating_sum by its rating_count, in thousandths",
        sql:
            "SELECT 'creator ' || c.handle || ' is ranked by a rating it does not have' AS row FROM creators c
              WHERE c.rating_milli <>
                  CASE WHEN c.rating_count = 0 THEN 0 ELSE c.rating_sum * 1000 / c.rating_count END",
    },
];
