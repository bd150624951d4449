// People who talk to Atelier as any client does: GraphQL over HTTP, letters from the sandbox's mailbox.
import { randomUUID } from 'node:crypto';

const PATIENCE = 20_000;
const PASSWORD = 'a quiet lake at dawn';

/** Asks until the answer is given (anything but undefined), or says what never came. */
export async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${patience / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Throws with both values unless they are the same. */
export function same(what, actual, expected) {
  const [is, shouldBe] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== shouldBe) throw new Error(`${what}: expected ${shouldBe}, got ${is}`);
}

/** A request that cannot hang. */
export const ask = (url, options = {}) => fetch(url, { signal: AbortSignal.timeout(PATIENCE), ...options });

/** Somebody with an account, or yet without one. */
export class Person {
  constructor(url, name, token = null) {
    Object.assign(this, { url, name, token });
    this.email = `${name.toLowerCase()}@example.com`;
  }

  /** Sends a document that must not fail. */
  async sees(query, variables = {}) {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    const answer = await ask(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const body = await answer.json();
    if (body.errors) throw new Error(`${this.name}: ${body.errors[0].message} (${query.slice(0, 60)})`);
    return body.data;
  }

  /** A mutation that must succeed: gives its payload. */
  async does(mutation, variables = {}) {
    const [payload] = Object.values(await this.sees(mutation, variables));
    const refused = payload.userErrors.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`);
    if (refused.length) throw new Error(`${this.name} was refused: ${refused.join('; ')}`);
    return payload;
  }

  /** A mutation that must be refused: gives the codes. */
  async isRefused(mutation, variables = {}) {
    const [payload] = Object.values(await this.sees(mutation, variables));
    if (!payload.userErrors.length) throw new Error(`${this.name} was not refused: ${mutation}`);
    return payload.userErrors.map(({ code }) => code);
  }

  /** Signs up and proves the address with the code in the letter. */
  async joins() {
    await this.does(
      `mutation($input: SignUpInput!) { authSignUp(input: $input) { accepted ${REFUSED} } }`,
      { input: { email: this.email, password: PASSWORD, displayName: this.name, termsVersion: '2026-01', isOfAge: true } },
    );
    const code = await until(`the letter to ${this.email}`, async () => {
      const letters = await ask(`${this.url}/sandbox/mail.json?to=${encodeURIComponent(this.email)}`);
      return (await letters.json()).find((letter) => letter.code)?.code;
    });
    const verified = await this.does(
      `mutation($input: EmailVerifyInput!) { authEmailVerify(input: $input) { session { accessToken } ${REFUSED} } }`,
      { input: { code: { email: this.email, code } } },
    );
    this.token = verified.session.accessToken;
    return this;
  }

  /** Agrees to buy at this price and goes as far as the payment page: gives the checkout. */
  async goesToPay(priceId, returnUrl) {
    const { quote } = await this.sees(
      `query($input: QuoteInput!) { quote(input: $input) { quote { token purchaseOptions total { minorUnits currency }
        requiredConsents { kind version text { plain } } } ${REFUSED} } }`,
      { input: { items: [{ priceId }], channel: 'WEB' } },
    );
    same('what the quote refuses', quote.userErrors, []);
    if (!quote.quote.purchaseOptions.includes('HOSTED_PAGE')) throw new Error('the quote offers no payment page');
    const consents = quote.quote.requiredConsents.map(({ kind, version }) => ({ kind, version, accepted: true }));
    const input = {
      quoteToken: quote.quote.token, idempotencyKey: randomUUID(), purchaseOption: 'HOSTED_PAGE', consents, returnUrl,
    };
    const { checkout } = await this.does(
      `mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
        checkout { id status order { id number } action { ... on HostedRedirect { url } } } ${REFUSED} } }`,
      { input },
    );
    same('a new checkout', checkout.status, 'OPEN');
    return { ...checkout, url: checkout.action.url, total: quote.quote.total };
  }

  /** How a purchase stands. */
  async checkout(id) {
    const query = `query($id: ID!) { checkout(id: $id) { status
      order { id number status total { minorUnits } lines { titleAtPurchase enrollment { id state source } } } } }`;
    return (await this.sees(query, { id })).checkout;
  }

  /** Permission to play a lesson: its address. */
  async plays(lessonId) {
    return (await this.does(PLAY, { input: { lessonId } })).grant.manifestUrl;
  }
}

/** What every payload is asked for. */
export const REFUSED = 'userErrors { code path message }';

/** Asks for permission to play. */
export const PLAY = `mutation($input: PlaybackInput!) { playbackGrantCreate(input: $input) {
  grant { id manifestUrl protocol expiresAt } ${REFUSED} } }`;
