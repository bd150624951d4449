// Buys, and ends the server the moment the money is there and before it could know.
// Usage: node buy.mjs URL PID STATE. STATE is what the story of the browser left; the purchase is added to it.
import { readFileSync, writeFileSync } from 'node:fs';
import { Person, ask, same } from '../browser/people.mjs';
import { step, story } from '../browser/steps.mjs';

const [url, pid, state] = process.argv.slice(2);
const known = JSON.parse(readFileSync(state, 'utf8'));
const dora = new Person(url, 'Dora');

/** Calls one of the payment sandbox's controls. */
async function stripe(path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(`${url}/sandbox/stripe${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

await story(60, () => step('Dora pays, and the server is killed before it heard of it', async () => {
  await dora.joins();
  const checkout = await dora.goesToPay(known.price, 'http://localhost/thanks');
  await stripe('/faults', { plan: [{ event: '*', kind: 'late', seconds: 2, times: 50 }], seed: 1 });
  await stripe(`/checkout-sessions/${checkout.url.match(/cs_\w+/)[0]}/pay`, { card: '4242424242424242' });
  const { status, order } = await dora.checkout(checkout.id);
  process.kill(Number(pid), 'SIGKILL');
  same('the purchase when the server died', [status, order.status], ['OPEN', 'PENDING']);
  writeFileSync(state, JSON.stringify({ ...known, token: dora.token, checkout: checkout.id, crashed: order.id }));
}));
