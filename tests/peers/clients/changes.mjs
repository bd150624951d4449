// Whether schema.graphql breaks what a client was told before.
//
// Every version since docs/schema-changes.md was begun is compared with the one before it, the last with the file as it
// lies here; before that, the last two. A breaking change must stand in docs/schema-changes.md with a reason. In a shallow
// clone the missing history is fetched, and if that fails it is said which versions were not seen.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const REGISTER = 'docs/schema-changes.md';
const SCHEMA = 'schema.graphql';
/** Shorter than this, nobody has given a reason. */
const REASON = 20;

function git(...words) {
  const options = { cwd: root, encoding: 'utf8', timeout: 60_000, maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'ignore'] };
  return execFileSync('git', words, options).trim();
}

/** Breaking and dangerous changes from one text of a schema to another. */
export function compare(before, after) {
  const [old, young] = [buildSchema(before), buildSchema(after)];
  return { breaking: findBreakingChanges(old, young), dangerous: findDangerousChanges(old, young) };
}

/** Those of the changes that the register does not name with a reason: its line has the change's words in backticks. */
export function unexplained(breaking, register) {
  const lines = register.split('\n');
  return breaking.filter(({ description }) => {
    const words = `\`${description.replaceAll('`', "'")}\``;
    return !lines.some((line) => line.includes(words) && line.replace(words, '').replace(/[^\p{L}\p{N}]/gu, '').length >= REASON);
  });
}

/** Fetches what a shallow clone lacks, if it can. */
function deepen() {
  if (git('rev-parse', '--is-shallow-repository') !== 'true') return true;
  try {
    git('fetch', '--quiet', '--unshallow');
    return true;
  } catch {
    return false;
  }
}

/** Commits that changed the schema, oldest first, from the version that counts as the first promise. */
function promised() {
  const all = git('log', '--first-parent', '--format=%H', '--', SCHEMA).split('\n').filter(Boolean).reverse();
  const begun = git('log', '--first-parent', '--diff-filter=A', '--format=%H', '--', REGISTER).split('\n').filter(Boolean).pop();
  if (!begun) return all.slice(-2);
  const base = git('log', '--first-parent', '-1', '--format=%H', begun, '--', SCHEMA);
  // The last two versions are compared in any case: that is "the previous schema".
  const first = Math.min(all.indexOf(base), all.length - 2);
  return all.slice(Math.max(first, 0));
}

/** Every step from version to version, with what it broke: gives lines to print and whether all is explained. */
export function history() {
  const lines = [];
  let whole;
  try {
    whole = deepen();
  } catch {
    return { lines: ['SKIPPED the comparison with earlier schemas: this is no clone of a repository.'], good: true, steps: 0 };
  }
  if (!whole) lines.push('SKIPPED a part of the comparison: this clone is shallow, and the rest could not be fetched.');
  const commits = promised();
  const versions = commits.map((commit) => ({ name: commit.slice(0, 9), text: git('show', `${commit}:${SCHEMA}`) }));
  const here = readFileSync(`${root}${SCHEMA}`, 'utf8').trim();
  if (versions.at(-1)?.text !== here) versions.push({ name: 'this folder', text: here });
  const register = readFileSync(`${root}${REGISTER}`, 'utf8');
  let good = true;
  for (const [at, after] of versions.entries()) {
    const before = versions[at - 1];
    if (!before) continue;
    const { breaking, dangerous } = compare(before.text, after.text);
    const open = unexplained(breaking, register);
    good &&= open.length === 0;
    lines.push(`      ${before.name} to ${after.name}: ${breaking.length} breaking, ${dangerous.length} to be looked at`);
    for (const { description } of dangerous) lines.push(`      look  ${description}`);
    for (const change of breaking) lines.push(`      ${open.includes(change) ? 'BREAKS' : 'named'} ${change.type} \`${change.description}\``);
  }
  return { lines, good, steps: versions.length - 1 };
}
