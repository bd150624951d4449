// An evening with friends, on the pages that come with the server: a seat for oneself and one for each of two friends; and, once it
// is full, waiting for two.
// Usage: node friends.mjs URL
import { openBrowser, typesCard } from './pages.mjs';
import { Person, REFUSED, ask, same, until } from './people.mjs';
import { step, story } from './steps.mjs';
import { Studio } from './studio.mjs';

const [url] = process.argv.slice(2);
if (!url) {
  console.error('usage: node friends.mjs URL');
  process.exit(2);
}
const FRIENDS = ['ann@example.com', 'una@example.com'];
const [vera, frieda, hanna] = ['Vera', 'Frieda', 'Hanna'].map((name) => new Person(url, name));
const held = [];

/** A workshop in three weeks with four seats: gives its page. */
async function invites() {
  await vera.joins();
  const studio = await Studio.opens(vera, 'vera');
  const { workshop } = await vera.does(
    `mutation($id: ID!, $input: WorkshopInput!) { workshopCreate(creatorId: $id, input: $input) { workshop { id } ${REFUSED} } }`,
    { id: studio.id, input: { title: 'Pasta together', descriptionMarkdown: 'Bring an apron.' } });
  const localStart = new Date(Date.now() + 21 * 86_400_000).toISOString().slice(0, 16);
  await vera.does(
    `mutation($id: ID!, $input: SessionInput!) { workshopSessionCreate(workshopId: $id, input: $input) { session { id } ${REFUSED} } }`,
    { id: workshop.id, input: { localStart, timeZone: 'Europe/Berlin', durationMinutes: 120, capacity: 4 } });
  await vera.does(
    `mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) { price { id } ${REFUSED} } }`,
    { id: workshop.id, price: { oneTime: { amount: { minorUnits: 2500, currency: 'EUR' } } } });
  await vera.does(`mutation($id: ID!) { storefrontPublish(creatorId: $id, published: true) { ${REFUSED} } }`, { id: studio.id });
  const { offering } = await vera.does(
    `mutation($id: ID!) { offeringPublish(id: $id) { offering { url } ${REFUSED} } }`, { id: workshop.id });
  return offering.url;
}

const letters = async (to) => (await ask(`${url}/sandbox/mail.json?to=${encodeURIComponent(to)}`)).json();

/** Signs up on the page, with the code from the letter, and comes back to where it began. */
async function signsUp(page, address, who) {
  await page.goto(address);
  await page.click('text=Sign in for a seat');
  const form = page.locator('form:has(input[name=displayName])');
  await form.locator('input[name=displayName]').fill(who.name);
  await form.locator('input[name=email]').fill(who.email);
  await form.locator('input[name=password]').fill('a quiet lake at dawn');
  await form.locator('input[name=agreed]').check();
  await form.locator('input[type=submit]').click();
  const code = await until(`the letter to ${who.name}`, async () => (await letters(who.email)).find((letter) => letter.code)?.code);
  await page.fill('input[name=code]', code);
  await page.click('form:has(input[name=code]) input[type=submit]');
  await page.waitForURL(address);
}

async function takes(page) {
  await page.fill('input[aria-label="Your friends\' addresses"]', FRIENDS.join(', '));
  await page.click('text=/^Take a seat/');
  await page.waitForSelector('input[name=number]');
  const words = await page.textContent('body');
  if (!words.includes('75.00')) throw new Error(`three seats are not 75.00 on the page: ${words.slice(0, 300)}`);
  await typesCard(page, '4242 4242 4242 4242');
}

async function hasThem(page, address) {
  await page.waitForURL(`${address}*`);
  await until('the seat on the page', async () => {
    await page.goto(address);
    return (await page.waitForSelector('text=/left/')) && (await page.textContent('body')).includes('You have a seat') ? true : undefined;
  });
  const words = await page.textContent('body');
  if (!words.includes('1 left')) throw new Error(`of four seats, three are taken: ${words.slice(0, 400)}`);
  for (const friend of FRIENDS) {
    const [letter] = await until(`the letter to ${friend}`, async () => ((found) => (found.length ? found : undefined))(await letters(friend)));
    same('its subject', letter.subject, 'Frieda has a seat for you: Pasta together');
  }
}

/** Comes back to the page until it says so. */
async function reads(page, address, words) {
  await until(`"${words}" on the page`, async () => {
    await page.goto(address);
    await page.waitForSelector('text=/Dates/');
    return (await page.textContent('body')).includes(words) ? true : undefined;
  });
}

async function fillsIt(page, address) {
  await page.fill('input[aria-label="Your friends\' addresses"]', 'dan@example.com');
  await page.click('text=/^Buy seats for them/');
  await typesCard(page, '4242 4242 4242 4242');
  await page.waitForURL(`${address}*`);
}

async function waits(page, address) {
  await signsUp(page, address, hanna);
  await page.fill('input[aria-label="How many seats"]', '2');
  await page.click('text=Wait for a seat');
  await page.waitForSelector('text=You are number 1 on the waitlist, for 2 seats.');
}

async function takesWhatIsFree(page, address) {
  await reads(page, address, 'A seat is kept for you until');
  const [letter] = await until('the letter to Hanna', async () =>
    ((found) => (found.length ? found : undefined))((await letters(hanna.email)).filter(({ subject }) => subject.startsWith('A seat'))));
  if (!letter.text.includes('1 of the 2 seats')) throw new Error(`of how many is not said: ${letter.text}`);
  await page.click('text=/^Take a seat/');
  await page.waitForSelector('input[name=number]');
  await typesCard(page, '4000 0000 0000 0002');
  await page.waitForSelector('text=/declined/i');
  await typesCard(page, '4242 4242 4242 4242');
  await page.waitForURL(`${address}*`);
  await reads(page, address, 'You have a seat');
}

await story(120, async () => {
  const address = await step('Vera invites to an evening with four seats', invites);
  const { context, close } = await openBrowser();
  held.push(close);
  const page = await context.newPage();
  await step('Frieda signs up on the page and comes back to it', () => signsUp(page, address, frieda));
  await step('she takes a seat and one for each of two friends, and pays for three', () => takes(page));
  await step('she has hers, one is left, and her friends have letters', () => hasThem(page, address));
  await step('she takes the last seat for one friend more', () => fillsIt(page, address));
  const other = await openBrowser();
  held.push(other.close);
  const hannas = await other.context.newPage();
  await step('Hanna signs up and waits for two', () => waits(hannas, address));
  await step('Frieda gives hers back', async () => {
    await reads(page, address, 'You have a seat');
    await page.click('text=Give it back');
  });
  await step('Hanna is kept one, is told why a card is not taken, and pays with another', () => takesWhatIsFree(hannas, address));
}, async () => {
  for (const release of held) await release();
});
