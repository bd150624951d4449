// One sale from an empty market to the creator's bank, with a real browser where people use one.
// Usage: node story.mjs URL [STATE]. STATE: a file for what a later run must find again.
// ATELIER_SCREENSHOTS=1 draws the pages into docs/images.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explores, openBrowser, openShop, typesCard, watches } from './pages.mjs';
import { PLAY, Person, REFUSED, ask, same, until } from './people.mjs';
import { step, story } from './steps.mjs';
import { Studio, digest, films } from './studio.mjs';

const [url, state] = process.argv.slice(2);
if (!url) {
  console.error('usage: node story.mjs URL [STATE]');
  process.exit(2);
}
const images = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const picture = (name) => (process.env.ATELIER_SCREENSHOTS ? join(images, name) : undefined);
if (process.env.ATELIER_SCREENSHOTS) mkdirSync(images, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), 'atelier-story-'));
const held = [async () => rmSync(folder, { recursive: true, force: true })];
const [edda, ben, cleo] = ['Edda', 'Ben', 'Cleo'].map((name) => new Person(url, name));
const PRICE = { minorUnits: 2900, currency: 'EUR' };
/** The price less the platform's tenth. */
const SHARE = 2610;

async function offers() {
  const { film, cover } = films(folder);
  await edda.joins();
  const studio = await Studio.opens(edda, 'edda');
  const video = await studio.uploads('LESSON_MEDIA', 'dough.mp4', 'video/mp4', film);
  const picture = await studio.uploads('COVER', 'cover.png', 'image/png', cover);
  const lessons = [{ title: 'Welcome', isPreview: true }, { title: 'Folding' }];
  const course = await studio.builds('Sourdough at home', picture, video, lessons, PRICE);
  await studio.publishes(course.id);
  const shown = await ask(course.cover);
  const [kind, bytes] = [shown.headers.get('content-type'), Buffer.from(await shown.arrayBuffer())];
  same('the cover, made anew', [kind, bytes.subarray(0, 3).toString('hex')], ['image/jpeg', 'ffd8ff']);
  return { studio, course, film };
}

async function isDeclined(page) {
  await typesCard(page, '4000 0000 0000 0002');
  const words = await page.textContent('[role=alert]');
  if (!/declined/i.test(words)) throw new Error(`the page says: ${words}`);
  same('numbers left on the page', await page.inputValue('input[name=number]'), '');
}

async function pays(page, checkout, returnUrl) {
  await typesCard(page, '4242 4242 4242 4242');
  await page.waitForURL(`${returnUrl}*`);
  const { checkout: synced } = await ben.does(
    `mutation($id: ID!) { checkoutSync(id: $id) { checkout { status } ${REFUSED} } }`, { id: checkout.id });
  same('the checkout as Ben comes back', synced.status, 'SUCCEEDED');
  const { order } = await ben.checkout(checkout.id);
  same('the order', [order.status, order.total.minorUnits], ['PAID', PRICE.minorUnits]);
  same('what it gave', [order.lines[0].enrollment.state, order.lines[0].enrollment.source], ['ACTIVE', 'PURCHASE']);
}

async function learns(context, course, film) {
  const address = await ben.plays(course.lessons[1]);
  const seen = await watches(context, address);
  if (seen.readyState < 2 || seen.width !== 640 || Math.abs(seen.duration - 2) > 0.2 || Math.abs(seen.position - 1.2) > 0.3) {
    throw new Error(`the player saw ${JSON.stringify(seen)}`);
  }
  const whole = await ask(address);
  same('the film', digest(Buffer.from(await whole.arrayBuffer())), digest(film));
  const part = await ask(address, { headers: { range: 'bytes=100-199' } });
  same('a part of the film', [part.status, part.headers.get('content-range')], [206, `bytes 100-199/${film.length}`]);
  same('its bytes', digest(Buffer.from(await part.arrayBuffer())), digest(film.subarray(100, 200)));
}

async function isKeptOut(course) {
  await cleo.joins();
  const nobody = new Person(url, 'Nobody');
  const paid = { input: { lessonId: course.lessons[1] } };
  same('somebody who has not bought', await cleo.isRefused(PLAY, paid), ['NOT_ENROLLED']);
  same('somebody without an account', (await nobody.isRefused(PLAY, paid)).length, 1);
  await nobody.plays(course.lessons[0]);
}

async function sees(studio, number) {
  const money = await until('the sale in the studio', async () => {
    const seen = await studio.money();
    return seen.balance.pending.length ? seen : undefined;
  });
  same('the sale', money.orders.nodes.map((order) => [order.number, order.status, order.buyer.displayName]), [[number, 'PAID', 'Ben']]);
  same('the balance', money.balance, { available: [], pending: [{ minorUnits: SHARE, currency: 'EUR' }] });
  const [entry] = money.ledger.nodes;
  same('the book', [entry.kind, entry.amount.minorUnits, entry.balanceAfter.minorUnits], ['SALE', SHARE, SHARE]);
  if (!entry.description.includes(number)) throw new Error(`the book does not name the order: ${entry.description}`);
}

async function getsPaid(context, studio, returnUrl) {
  const { url: form } = await edda.does(
    `mutation($creatorId: ID!, $returnUrl: URL!) { payoutAccountLinkCreate(creatorId: $creatorId, returnUrl: $returnUrl) {
      url ${REFUSED} } }`, { creatorId: studio.id, returnUrl });
  const page = await context.newPage();
  await page.goto(form);
  await page.click('button[value=ready]');
  await page.waitForURL(`${returnUrl}*`);
  await page.close();
  await until('the payout account to become active', async () => {
    const { payoutAccount } = await studio.money();
    return payoutAccount?.state === 'ACTIVE' ? payoutAccount : undefined;
  });
}

async function tell() {
  const { studio, course, film } = await step('Edda films, uploads, builds and publishes a course', offers);
  const { context, close } = await step('a browser opens', openBrowser);
  held.unshift(close);
  const shop = await openShop();
  held.push(shop.close);
  await step('the API explorer answers and calls no other host', () => explores(context, url, picture('graphiql.png')));

  const checkout = await step('Ben signs up and agrees to buy', async () => {
    await ben.joins();
    return ben.goesToPay(course.price, shop.url);
  });
  const page = await context.newPage();
  await step('the payment page opens in the browser', async () => {
    await page.goto(checkout.url);
    const words = await page.textContent('body');
    if (!words.includes('29.00')) throw new Error(`no amount on the page: ${words}`);
    if (picture('x')) await page.screenshot({ path: picture('hosted-page.png') });
  });
  await step('a declined card is said in words, and the page stays open', () => isDeclined(page));
  await step('another card pays, Ben is back in the shop and enrolled', () => pays(page, checkout, shop.url));
  await step('the film plays, seeks, and is the one that Edda uploaded', () => learns(context, course, film));
  await step('without buying, only the preview plays', () => isKeptOut(course));
  await step('Edda sees the sale, her balance and her book', () => sees(studio, checkout.order.number));
  await step('Edda finishes the payout form and can be paid', () => getsPaid(context, studio, shop.url));
  const known = { price: course.price, lesson: course.lessons[1], film: digest(film), order: checkout.order.id };
  if (state) writeFileSync(state, JSON.stringify(known));
}

await story(180, tell, async () => {
  for (const release of held) await release();
});
