// Looks whether a killed server kept its promises once it runs again: the sale, the right to learn, the bytes.
// Usage: node after.mjs URL STATE, with what buy.mjs left.
import { readFileSync } from 'node:fs';
import { Person, ask, same, until } from '../browser/people.mjs';
import { step, story } from '../browser/steps.mjs';
import { digest } from '../browser/studio.mjs';

const [url, state] = process.argv.slice(2);
const known = JSON.parse(readFileSync(state, 'utf8'));

await story(120, async () => {
  const dora = await step('Dora is still signed in', async () => {
    const dora = new Person(url, 'Dora', known.token);
    same('who she is', (await dora.sees('{ viewer { email } }')).viewer.email, dora.email);
    return dora;
  });
  await step('what Dora paid is paid and hers, without her asking', async () => {
    const { order } = await until('the purchase to succeed', async () => {
      const seen = await dora.checkout(known.checkout);
      return seen.status === 'SUCCEEDED' ? seen : undefined;
    }, 60_000);
    same('the order', [order.id, order.status], [known.crashed, 'PAID']);
    same('the right to learn', order.lines.map((line) => line.enrollment.state), ['ACTIVE']);
  });
  await step('the film is the same, byte by byte', async () => {
    const film = await ask(await dora.plays(known.lesson));
    same('its SHA-256', digest(Buffer.from(await film.arrayBuffer())), known.film);
  });
});
