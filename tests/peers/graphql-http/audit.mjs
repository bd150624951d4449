// Runs every audit of the graphql-http suite, SHOULD and MAY included, against one address.
// Usage: npm ci && node audit.mjs http://127.0.0.1:8000/graphql
// Prints each audit that does not pass and exits 1 unless all pass.
import { auditServer } from 'graphql-http';

const url = process.argv[2];
if (!url) {
  console.error('usage: node audit.mjs URL');
  process.exit(2);
}

const deadline = setTimeout(() => {
  console.error('the audit did not end within 60 s');
  process.exit(1);
}, 60_000);

const results = await auditServer({ url, fetchFn: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(10_000) }) });
clearTimeout(deadline);

for (const result of results.filter(({ status }) => status !== 'ok')) {
  const answered = result.response ? `${result.response.status} ${result.response.headers.get('content-type')}` : 'no answer';
  console.log(`${result.status.toUpperCase()} ${result.id} ${result.name}: ${result.reason} (${answered})`);
}
const passed = results.filter(({ status }) => status === 'ok').length;
console.log(`${passed}/${results.length} audits pass`);
process.exit(passed === results.length && results.length > 0 ? 0 : 1);
