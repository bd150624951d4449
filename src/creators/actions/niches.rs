//! Checking a list of niches: one to five, each in the closed list; doubles count once.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::creators::model::MOST_NICHES;
use crate::creators::refusals::CreatorRefusal;
use crate::creators::store;
use crate::kernel::text::Checks;
use crate::kernel::{NicheId, Refusal, Result};

const PATH: [&str; 2] = ["input", "nicheSlugs"];

/// The keys of these niches; what is wrong is noted in `checks`, and then the list is worthless.
pub(super) async fn checked(
    conn: &impl ConnectionTrait,
    checks: &mut Checks,
    slugs: &[String],
) -> Result<Vec<NicheId>> {
    let refusal = match slugs.len() {
        0 => Some(CreatorRefusal::NicheMissing),
        n if n > MOST_NICHES => Some(CreatorRefusal::TooManyNiches),
        _ => None,
    };
    if let Some(refusal) = refusal {
        checks.add(refusal.at(PATH));
        return Ok(Vec::new());
    }
    let known = store::niche_ids(conn, slugs).await?;
    Ok(keys(checks, slugs, &known))
}

fn keys(checks: &mut Checks, slugs: &[String], known: &HashMap<String, NicheId>) -> Vec<NicheId> {
    let mut kept = Vec::new();
    for (position, slug) in slugs.iter().enumerate() {
        match known.get(slug) {
            Some(id) if kept.contains(id) => {}
            Some(id) => kept.push(*id),
            None => {
                let shown = slug.chars().take(60).collect();
                let at = PATH.map(str::to_owned).into_iter().chain([position.to_string()]);
                checks.add(CreatorRefusal::NicheUnknown(shown).at(at));
            }
        }
    }
    kept
}
