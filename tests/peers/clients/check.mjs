// What client tools say of schema.graphql and examples/: code generators for TypeScript and Relay, the strict compiler,
// lints, and whether something was broken. Nothing is started; one line a check, exit code 1 if one failed.
// Usage: npm ci && node check.mjs
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { buildSchema, parse, validate } from 'graphql';
import { step, story } from '../browser/steps.mjs';
import { compare, history, unexplained } from './changes.mjs';
import { components } from './relay.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const read = (path) => readFileSync(join(root, path), 'utf8');

/** Runs a program of node_modules; what it says is the error if it fails. */
async function tool(name, words, cwd = here) {
  try {
    return await promisify(execFile)(join(here, 'node_modules/.bin', name), words, { cwd, timeout: 150_000 });
  } catch (error) {
    throw new Error(`${error.killed ? 'not within 150 s; ' : ''}${error.stdout ?? ''}${error.stderr ?? ''}`.slice(-3000));
  }
}

/** What a lint says and we know: each with its reason. Anything else fails, and so does one that is no longer said. */
const KNOWN = [
  ['Directive `specifiedBy` is unreachable.', 'async-graphql prints the directive of the specification although no scalar uses it'],
];

async function lints() {
  const eslint = new ESLint({ cwd: root, overrideConfigFile: join(here, 'eslint.config.mjs') });
  const results = await eslint.lintFiles(['schema.graphql', 'examples/*.graphql']);
  const said = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, message, ruleId }) => ({ message, where: `${filePath.slice(root.length + 1)}:${line} ${ruleId}: ${message}` })));
  const open = said.filter(({ message }) => !KNOWN.some(([known]) => known === message));
  if (open.length) throw new Error(open.slice(0, 20).map(({ where }) => where).join('\n'));
  const silent = KNOWN.filter(([known]) => !said.some(({ message }) => message === known));
  if (silent.length) throw new Error(`no longer said, take it off the list: ${silent.map(([known]) => known).join('; ')}`);
  for (const [message, why] of KNOWN) console.log(`      passed over: ${message} (${why})`);
}

function documents() {
  const schema = buildSchema(read('schema.graphql'));
  const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.graphql'));
  const all = parse(files.map((name) => read(`examples/${name}`)).join('\n'));
  // Relay's way to keep names apart (graphql-naming of eslint-plugin-relay); the compiler itself does not insist.
  const foreign = files.flatMap((file) => parse(read(`examples/${file}`)).definitions
    .filter(({ name }) => !name?.value.startsWith(file.replace('.graphql', ''))).map(({ name }) => `${name?.value} in ${file}`));
  if (foreign.length) throw new Error(`not named after their file: ${foreign.join(', ')}`);
  const errors = validate(schema, all);
  if (errors.length || files.length < 8) throw new Error(`${files.length} files; ${errors.join('\n')}`);
}

/** The comparison is worth something only if it finds what is broken, and takes no empty words for a reason. */
function finds() {
  const { breaking } = compare('type Query { a: Int b: Int }', 'type Query { a: Int }');
  const [word] = breaking.map(({ description }) => `- \`${description}\``);
  const answers = ['', word, `${word}: because`, `${word}: nobody has ever asked for it`].map((text) => unexplained(breaking, text).length);
  if (answers.join() !== '1,1,1,0') throw new Error(`found ${answers.join()}`);
}

function changes() {
  const { lines, good } = history();
  console.log(lines.join('\n'));
  if (!good) throw new Error('something breaks clients; undo it, or name it in docs/schema-changes.md with a reason');
}

await story(400, async () => {
  rmSync(join(here, 'generated'), { recursive: true, force: true });
  rmSync(join(root, 'examples/typescript/generated'), { recursive: true, force: true });
  await step('graphql-js takes the schema, and the documents are valid', documents);
  await step('a removed field would be found', finds);
  await step('what breaks clients is named with its reason', changes);
  await step("the lints are content, Relay's among them", lints);
  await step('graphql-codegen writes types for every document', () => tool('graphql-codegen', ['--config', 'codegen.ts']));
  await step('tsc --strict takes them, and a client that uses them', () => tool('tsc', ['--strict', '--project', 'tsconfig.json']));
  const { folder } = components();
  await step('relay-compiler takes every document', () => tool('relay-compiler', ['relay.config.json'], folder));
  await step('tsc --strict takes what it wrote', async () => {
    await tool('tsc', ['--strict', '--project', 'tsconfig.relay.json']);
    mkdirSync(join(folder, 'js'), { recursive: true });
    writeFileSync(join(folder, 'js/package.json'), '{ "type": "commonjs" }');
  });
});
