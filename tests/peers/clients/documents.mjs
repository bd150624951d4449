// The documents of examples/, and sending them as a client would: all must be answered, and what a screen needs be there.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kind, parse, print } from 'graphql';
import { ask } from '../browser/people.mjs';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

/** The documents by name: an operation with the fragments it needs. */
export const documents = new Map();
/** What each has cost at most. */
export const costs = new Map();

export function reads() {
  for (const file of readdirSync(examples).filter((name) => name.endsWith('.graphql'))) {
    const { definitions } = parse(readFileSync(join(examples, file), 'utf8'));
    const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    for (const operation of definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)) {
      const needed = new Set();
      const visit = (words) => {
        for (const fragment of fragments) {
          if (needed.has(fragment) || !words.includes(`...${fragment.name.value}`)) continue;
          needed.add(fragment);
          visit(print(fragment));
        }
      };
      visit(print(operation));
      documents.set(operation.name.value, [operation, ...needed].map((part) => print(part)).join('\n\n'));
    }
  }
}

/** Sends a document of the examples: gives its data, whose leaves named in `needed` must all be there. */
export async function sends(person, name, variables, needed = []) {
  const query = documents.get(name);
  if (!query) throw new Error(`there is no document ${name}`);
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  if (person.token) headers.authorization = `Bearer ${person.token}`;
  const answer = await ask(`${person.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors, extensions } = await answer.json();
  if (errors) throw new Error(`${person.name}, ${name}: ${JSON.stringify(errors)}`);
  const [payload] = Object.values(data);
  if (payload?.userErrors?.length) throw new Error(`${person.name}, ${name}: refused: ${JSON.stringify(payload.userErrors)}`);
  costs.set(name, Math.max(costs.get(name) ?? 0, extensions.cost.requested));
  for (const path of needed) leaf(name, data, path);
  return data;
}

/** A place such as `course.prices.*.id`: every list on the way has something in it, and nothing at its end is null. */
function leaf(name, data, path) {
  const ends = path.split('.').reduce(
    (values, part) => values.flatMap((value) => (part === '*' ? (value?.length ? value : [null]) : [value?.[part]])), [data]);
  if (ends.some((end) => end === null || end === undefined || end === '')) {
    throw new Error(`${name}: nothing at ${path} in ${JSON.stringify(data).slice(0, 600)}`);
  }
}

/** Waits for what a stream or a store promises, but not for ever. */
export async function within(what, promise, seconds = 20) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
