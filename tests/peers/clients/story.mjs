// Every document of examples/ is sent to a server with the demo data, by the people who would send it: somebody passing by,
// two followers, the creator. Nothing may be refused, and what a screen needs must be there.
// Usage: node check.mjs, then node story.mjs URL. ATELIER_COSTS=1 prints what each document costs.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Person, ask, same, until } from '../browser/people.mjs';
import { step, story } from '../browser/steps.mjs';
import { digest, films } from '../browser/studio.mjs';
import { costs, documents, reads, sends, within } from './documents.mjs';
import { relays } from './store.mjs';

const [url] = process.argv.slice(2);
if (!url) {
  console.error('usage: node story.mjs URL');
  process.exit(2);
}
const here = fileURLToPath(new URL('./', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'atelier-clients-'));
const RETURN = 'https://shop.example/back';

/** Somebody with an account comes in, also after time went by. */
async function signsIn(person, email = person.email, password = 'a quiet lake at dawn') {
  person.token = null;
  const { session } = await person.does(
    'mutation($input: SignInInput!) { authSignIn(input: $input) { session { accessToken } userErrors { code path message } } }',
    { input: { email, password } });
  person.token = session.accessToken;
}

async function clock(advanceSeconds) {
  const headers = { 'content-type': 'application/json' };
  const options = advanceSeconds === undefined ? {} : { method: 'POST', headers, body: JSON.stringify({ advanceSeconds }) };
  const answer = await ask(`${url}/sandbox/clock`, options);
  same('the clock', answer.status, 200);
  return answer.json();
}

const [nobody, ben, cleo, mira] = ['Nobody', 'Ben', 'Cleo', 'Mira'].map((name) => new Person(url, name));

/** 1, 2: what anybody may see, and the follower's part of it. */
async function looksAround() {
  const card = ['id', 'kind', 'slug', 'title', 'url', 'prices.*.id', 'prices.*.amount.formatted'];
  const { creator } = await sends(nobody, 'StorefrontPageQuery', { handle: 'mira' }, [
    'creator.id', 'creator.displayName', 'creator.headline', 'creator.bio.html', 'creator.seo.canonicalUrl',
    'creator.storefront.theme.colorPrimary', 'creator.storefront.sections.*.__typename',
    'creator.upcomingSessions.nodes.*.startsAt', 'creator.upcomingSessions.nodes.*.seats.state',
    ...card.map((field) => `creator.courses.nodes.*.${field}`),
  ]);
  const courses = {};
  for (const { slug } of creator.courses.nodes) {
    const { course } = await sends(nobody, 'CoursePageQuery', { creator: 'mira', slug }, [
      'course.title', 'course.description.html', 'course.outcomes.*', 'course.prices.*.amount.formatted', 'course.seo.title',
      'course.sections.*.lessons.*.title', 'course.sections.*.lessons.*.kind', 'course.creator.displayName',
    ]);
    courses[course.prices[0].kind] = course;
  }
  const { course } = await sends(nobody, 'CoursePageViewerQuery', { id: courses.ONE_TIME.id }, ['course.viewerAccess.state']);
  same('what is not bought', course.viewerAccess.state, 'NEEDS_SIGN_IN');
  return { creator, courses, session: creator.upcomingSessions.nodes[0] };
}

async function follows(creatorId) {
  const before = await sends(ben, 'StorefrontPageViewerQuery', { creatorId }, ['creator.id']);
  same('whether Ben follows', before.creator.viewerIsFollowing, false);
  const after = await sends(ben, 'StorefrontPageFollowMutation', { creatorId }, ['creatorFollow.creator.followerCount']);
  same('whether he does now', after.creatorFollow.creator.viewerIsFollowing, true);
}

/** 3: from a price to a paid order, by the sheet of an app. */
async function buys(person, item) {
  // IOS has no way to pay yet; the same documents serve it as soon as it has.
  const [items, channel] = [[item], 'ANDROID'];
  const { quote: answer } = await sends(person, 'MobileCheckoutQuoteQuery', { items, coupon: null, channel }, [
    'quote.quote.token', 'quote.quote.total.formatted', 'quote.quote.total.minorUnits', 'quote.quote.purchaseOptions.*',
    'quote.quote.requiredConsents.*.text.markdown',
  ]);
  const { token, requiredConsents, purchaseOptions } = answer.quote;
  if (!purchaseOptions.includes('PAYMENT_SHEET')) throw new Error(`no sheet in ${purchaseOptions}`);
  const consents = requiredConsents.map(({ kind, version }) => ({ kind, version, accepted: true }));
  const input = { quoteToken: token, idempotencyKey: randomUUID(), purchaseOption: 'PAYMENT_SHEET', consents, returnUrl: RETURN };
  const sheet = ['publishableKey', 'customerId', 'paymentIntentClientSecret', 'merchantDisplayName', 'merchantCountry'];
  const needed = ['id', 'status', 'order.number', ...sheet.map((field) => `action.${field}`)];
  const places = needed.map((field) => `checkoutCreate.checkout.${field}`);
  const made = await sends(person, 'MobileCheckoutMutation', { input }, places);
  const { checkout } = made.checkoutCreate;
  const again = await sends(person, 'MobileCheckoutMutation', { input });
  same('the same key again', again.checkoutCreate.checkout.id, checkout.id);
  const id = { id: checkout.id };
  const settled = isSettled(person, id);
  await confirms(checkout.action.paymentIntentClientSecret);
  await until('the payment', async () => {
    const { checkoutSync } = await sends(person, 'MobileCheckoutSyncMutation', id);
    return checkoutSync.checkout.status === 'SUCCEEDED' ? true : undefined;
  });
  same('what the follower heard last', await within('the end', settled), 'SUCCEEDED');
  const { checkout: ended } = await sends(person, 'MobileCheckoutResultQuery', id, ['checkout.order.lines.*.titleAtPurchase']);
  same('the order', ended.order.status, 'PAID');
  return ended.order.lines[0];
}

/** Follows a payment until it is settled; gives how it stands then. */
async function isSettled(person, id) {
  const { Client } = await import(join(here, 'generated/web/examples/typescript/client.js'));
  const follower = new Client(`${url}/graphql`, () => person.token);
  let last;
  for await (const { checkoutUpdated } of follower.follow(documents.get('MobileCheckoutSubscription'), id)) last = checkoutUpdated.status;
  costs.set('MobileCheckoutSubscription', 'not told');
  return last;
}

/** Listens to one of the subscriptions that tell what happens, until something is told for which this holds. */
async function hears(person, name, variables, isIt) {
  const { Client } = await import(join(here, 'generated/web/examples/typescript/client.js'));
  const follower = new Client(`${url}/graphql`, () => person.token);
  for await (const { viewerEvents, studioEvents } of follower.follow(documents.get(name), variables)) {
    const told = viewerEvents ?? studioEvents;
    if (!isIt(told)) continue;
    costs.set(name, 'not told');
    return told;
  }
  throw new Error(`${name} ended`);
}

/** The sheet itself is Stripe's: the sandbox's control call is its hand. */
async function confirms(secret) {
  const [intent] = secret.split('_secret');
  const headers = { 'content-type': 'application/json' };
  const options = { method: 'POST', headers, body: JSON.stringify({ card: '4242424242424242' }) };
  const answer = await ask(`${url}/sandbox/stripe/payment-intents/${intent}/confirm`, options);
  if (!answer.ok) throw new Error(`the sheet's payment: ${answer.status} ${await answer.text()}`);
}

/** 2, 4: takes the free course and learns. */
async function learns(course) {
  const price = course.prices[0].id;
  const key = { priceId: price, idempotencyKey: randomUUID() };
  const taken = await sends(ben, 'CoursePageClaimFreeMutation', key, ['enrollmentClaimFree.enrollment.nextLesson.title']);
  same('the free course', taken.enrollmentClaimFree.enrollment.state, 'ACTIVE');
  const [first, second] = course.sections.flatMap(({ lessons }) => lessons);
  const { lesson } = await sends(ben, 'LessonScreenQuery', { id: first.id }, [
    'lesson.title', 'lesson.kind', 'lesson.content.body.markdown', 'lesson.content.readingMinutes', 'lesson.next.title',
  ]);
  same('the lessons', [lesson.access.state, lesson.next.id, lesson.next.access.state], ['OPEN', second.id, 'OPEN']);
  const { now } = await clock();
  const event = (kind) => ({ eventId: randomUUID(), lessonId: first.id, kind, occurredAt: now });
  const events = [event('STARTED'), event('COMPLETED')];
  for (const time of ['once', 'again']) {
    const { progressSync } = await sends(ben, 'LessonScreenProgressMutation', { events }, ['progressSync.enrollments.*.progress']);
    const [{ progress }] = progressSync.enrollments;
    const counted = [progress.completedLessons, progress.percentBasisPoints, progressSync.acceptedEventIds.length];
    same(`progress, sent ${time}`, counted, [1, 5000, 2]);
  }
  const mine = await sends(ben, 'CoursePageViewerQuery', { id: course.id }, ['course.viewerAccess.enrollment.nextLesson.id']);
  same('where he goes on', mine.course.viewerAccess.enrollment.nextLesson.id, second.id);
}

/** 5: a film becomes a course on sale. */
async function publishes(creatorId) {
  const { film } = films(folder);
  const words = { title: 'Rye in a week', subtitle: 'Dark and slow', descriptionMarkdown: 'Rye needs **time**.', nicheSlugs: ['baking'] };
  const made = await sends(mira, 'PublishCourseCreateMutation', { creatorId, input: words }, ['courseCreate.course.slug']);
  const { id } = made.courseCreate.course;
  await isBlocked(id);
  const { sectionCreate } = await sends(mira, 'PublishCourseSectionMutation', { courseId: id, title: 'The first day' });
  const lesson = { sectionId: sectionCreate.section.id, input: { title: 'Mixing', isPreview: true } };
  const { lessonCreate } = await sends(mira, 'PublishCourseLessonMutation', lesson);
  const file = {
    creatorId, purpose: 'LESSON_MEDIA', filename: 'mixing.mp4', contentType: 'video/mp4', byteSize: film.length, sha256: digest(film),
  };
  const { assetUploadCreate: { upload } } = await sends(mira, 'PublishCourseUploadMutation', { input: file }, [
    'assetUploadCreate.upload.targets.*.url', 'assetUploadCreate.upload.asset.id',
  ]);
  const [target] = upload.targets;
  const headers = Object.fromEntries(target.headers.map(({ name, value }) => [name, value]));
  same('the store', (await ask(target.url, { method: 'PUT', headers, body: film })).status, 200);
  const done = await sends(mira, 'PublishCourseUploadedMutation', { uploadId: upload.id });
  same('the film', done.assetUploadComplete.asset.state, 'READY');
  const lessonId = lessonCreate.lesson.id;
  await sends(mira, 'PublishCourseVideoMutation', { lessonId, assetId: upload.asset.id }, ['lessonContentSet.lesson.content.asset.id']);
  const price = { offeringId: id, minimum: { minorUnits: 500, currency: 'EUR' } };
  await sends(mira, 'PublishCoursePriceMutation', price, ['priceCreate.price.minimum.formatted']);
  const { offeringPublish } = await sends(mira, 'PublishCourseMutation', { id }, ['offeringPublish.offering.url']);
  same('the course', offeringPublish.offering.status, 'PUBLISHED');
  return { lessonId, film };
}

/** Published too early, it says what is missing. */
async function isBlocked(id) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${mira.token}` };
  const body = JSON.stringify({ query: documents.get('PublishCourseMutation'), variables: { id } });
  const { data } = await (await ask(`${url}/graphql`, { method: 'POST', headers, body })).json();
  const [refusal] = data.offeringPublish.userErrors;
  same('the refusal', [refusal.__typename, refusal.code], ['PublishBlockedError', 'NOT_PUBLISHABLE']);
  if (!refusal.requirements.some(({ code, isMet }) => code === 'OUTLINE' && !isMet)) throw new Error(JSON.stringify(refusal));
}

/** 4: anybody plays the film of a preview. */
async function plays({ lessonId, film }) {
  await sends(nobody, 'LessonScreenQuery', { id: lessonId }, ['lesson.content.durationSeconds', 'lesson.content.aspectRatio']);
  const needed = ['id', 'manifestUrl', 'protocol', 'renewAfter', 'expiresAt', 'resumeAtSeconds'];
  const { playbackGrantCreate: { grant } } = await sends(
    ben, 'LessonScreenPlayMutation', { lessonId }, needed.map((field) => `playbackGrantCreate.grant.${field}`));
  const headers = Object.fromEntries(grant.headers.map(({ name, value }) => [name, value]));
  const seen = await ask(grant.manifestUrl, { headers });
  same('the film', digest(Buffer.from(await seen.arrayBuffer())), digest(film));
}

/** 6: one seat for Ben, the waiting list for Cleo, and the door when it is time. */
async function attends(creator) {
  const workshop = creator.upcomingSessions.nodes[0].workshop;
  const { session } = await mira.does(
    `mutation($id: ID!, $input: SessionInput!) { workshopSessionCreate(workshopId: $id, input: $input) {
      session { id } userErrors { code path message } } }`,
    { id: workshop.id, input: { localStart: await inDays(3), timeZone: 'Europe/Berlin', durationMinutes: 60, capacity: 1 } });
  const seated = hears(mira, 'DashboardSubscription', { creatorId: creator.id }, (told) => told.session?.id === session.id);
  const paid = hears(ben, 'SessionScreenSubscription', {}, (told) => told.checkout?.status === 'SUCCEEDED');
  const line = await buys(ben, { priceId: workshop.prices[0].id, sessionId: session.id });
  await within('what Ben is told', paid);
  same('the places as Mira is told', (await within('what Mira is told', seated)).session.seats.seatsLeft, 0);
  same('his seat', line.seat.status, 'CONFIRMED');
  const id = { id: session.id };
  await sends(cleo, 'SessionScreenWaitlistMutation', id, ['sessionWaitlistJoin.entry.position']);
  await sends(cleo, 'SessionScreenQuery', id, ['workshopSession.viewerWaitlistEntry.position']);
  const { workshopSession } = await sends(ben, 'SessionScreenQuery', id, [
    'workshopSession.startsAt', 'workshopSession.joinOpensAt', 'workshopSession.calendarUrl', 'workshopSession.hosts.*.displayName',
    'workshopSession.workshop.cancellationPolicy', 'workshopSession.viewerSeat.checkInCode', 'workshopSession.chatRoom.id',
  ]);
  same('the places', workshopSession.seats.state, 'WAITLIST');
  const input = { provider: 'EXTERNAL_LINK', joinUrl: 'https://meet.example/bread', passcode: 'rye' };
  await mira.does(
    `mutation($id: ID!, $input: JoinInfoInput!) { workshopJoinInfoSet(sessionId: $id, input: $input) {
      session { id } userErrors { code path message } } }`, { ...id, input });
  const { now } = await clock();
  await clock(Math.ceil((Date.parse(workshopSession.joinOpensAt) - Date.parse(now)) / 1000) + 60);
  await signsIn(ben);
  await signsIn(mira, 'mira@demo.example', 'bread every morning');
  const { workshopJoin } = await sends(ben, 'SessionScreenJoinMutation', id, ['workshopJoin.join.joinUrl', 'workshopJoin.join.expiresAt']);
  same('the way in', [workshopJoin.join.joinUrl, workshopJoin.join.passcode], [input.joinUrl, input.passcode]);
  return workshopSession.chatRoom.id;
}

/** The clock on a wall in Berlin at ten in the morning, some days from now. */
async function inDays(days) {
  const { now } = await clock();
  return `${new Date(Date.parse(now) + days * 86_400_000).toISOString().slice(0, 10)}T10:00`;
}

/** 8: the room is read, followed, written to and voted in; what is said arrives by itself. */
async function chats(room) {
  const { Client } = await import(join(here, 'generated/web/examples/typescript/client.js'));
  const { chatRoom } = await sends(ben, 'ChatQuery', { room }, ['chatRoom.state', 'chatRoom.lastSequence']);
  same('the room', [chatRoom.viewerCanPost, chatRoom.messages.nodes.length], [true, 0]);
  const follower = new Client(`${url}/graphql`, () => mira.token);
  const events = follower.follow(documents.get('ChatSubscription'), { room, after: chatRoom.lastSequence });
  const first = events.next();
  const message = { body: 'My dough is very wet', clientMessageId: randomUUID() };
  const sent = await sends(ben, 'ChatSendMutation', { room, input: message }, ['chatMessageSend.message.author.displayName']);
  const { id, sequence } = sent.chatMessageSend.message;
  const heard = (await within('the message', first)).value.chatRoomEvents;
  same('what Mira hears', [heard.__typename, heard.message.id, heard.message.body], ['ChatMessageAdded', id, message.body]);
  costs.set('ChatSubscription', 'not told');
  const second = events.next();
  const { reactionSet } = await sends(mira, 'ChatReactMutation', { message: id, emoji: '👍', on: true });
  same('her vote', reactionSet.reactions, [{ emoji: '👍', count: 1, viewerReacted: true }]);
  const told = (await within('the vote', second)).value.chatRoomEvents;
  same('told as the next number', [told.__typename, told.sequence], ['ChatReactionsChanged', sequence + 1]);
  await events.return();
  const { chatRoom: after } = await sends(ben, 'ChatQuery', { room }, ['chatRoom.messages.nodes.*.reactions.*.emoji']);
  same('the last number', after.lastSequence, sequence + 1);
}

/** 7: what all this looks like in the studio. */
async function looksAtTheStudio(creatorId) {
  const { studio } = await sends(mira, 'DashboardQuery', { creatorId }, [
    'studio.viewerPermissions.*', 'studio.onboarding.*.message', 'studio.balance.pending.*.formatted',
    'studio.balance.holds.*.reason', 'studio.orders.nodes.*.buyer.displayName', 'studio.orders.nodes.*.total.formatted',
    'studio.ledger.nodes.*.description', 'studio.ledger.nodes.*.balanceAfter.formatted',
  ]);
  same('what was sold', studio.orders.nodes.map(({ status }) => status), ['PAID', 'PAID']);
  const after = studio.ledger.nodes[0] && studio.ledger.pageInfo.endCursor;
  await sends(mira, 'DashboardLedgerQuery', { creatorId, after }, ['studio.id']);
}

/** The TypeScript sample, as it was compiled. */
function runs() {
  const program = join(here, 'generated/web/examples/typescript/storefront.js');
  const said = execFileSync(process.execPath, [program, `${url}/graphql`, 'mira'], { encoding: 'utf8', timeout: 30_000 });
  if (!said.includes("Mira's Kitchen") || !said.includes('course: Better bread in 30 days, €19.00')) throw new Error(said);
}

async function tell() {
  await step('the documents are read', reads);
  await step('Ben and Cleo sign up, Mira signs in', async () => {
    await ben.joins();
    await cleo.joins();
    await signsIn(mira, 'mira@demo.example', 'bread every morning');
  });
  const { creator, courses } = await step('somebody passing by sees the storefront and its courses', looksAround);
  await step('Ben follows Mira', () => follows(creator.id));
  await step('he takes the free course and learns, and what is sent twice counts once', () => learns(courses.FREE));
  await step('he buys the other one in an app', async () => {
    const line = await buys(ben, { priceId: courses.ONE_TIME.prices[0].id });
    same('what he has', line.enrollment.state, 'ACTIVE');
  });
  const film = await step('Mira films a course and publishes it', () => publishes(creator.id));
  await step('its preview plays', () => plays(film));
  const room = await step('Ben buys the only seat of a session, Cleo waits, the door opens', () => attends(creator));
  await step('they write to each other, and each hears the other at once', () => chats(room));
  await step('Mira sees it all in her studio', () => looksAtTheStudio(creator.id));
  await step('the TypeScript sample prints the page', runs);
  await step('a Relay store pages, merges and follows', async () => {
    await signsIn(cleo);
    await relays(cleo);
  });
  await step('every document was sent', () => {
    const left = [...documents.keys()].filter((name) => !costs.has(name));
    same('what was not', left, []);
  });
  if (process.env.ATELIER_COSTS) for (const [name, cost] of costs) console.log(`      ${name}: ${cost}`);
}

await story(120, tell, async () => rmSync(folder, { recursive: true, force: true }));
