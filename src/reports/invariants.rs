//! What exports must keep, as `atelier doctor` checks it. Each query names the rows that break a rule.

use crate::kernel::Invariant;

/// Checked by `atelier doctor` and after every story.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "exports_end",
        says: "a file is kept for a while after it was made, and not for ever",
        sql: "SELECT 'export of ' || c.handle || ', ' || e.kind AS row FROM report_exports e
              JOIN creators c ON c.id = e.creator_id WHERE e.expires_at <= e.finished_at",
    },
    Invariant {
        name: "exports_have_a_job",
        says: "every export that waits for its file has a job that makes it",
        sql: "SELECT 'export of ' || c.handle || ', ' || e.kind AS row FROM report_exports e
              JOIN creators c ON c.id = e.creator_id WHERE e.state IN ('QUEUED', 'RUNNING')
                AND (SELECT COUNT(*) FROM jobs j WHERE j.kind = 'reports.make' AND j.state <> 'DONE')
                    < (SELECT COUNT(*) FROM report_exports o WHERE o.state IN ('QUEUED', 'RUNNING'))",
    },
];
