// Files in a bucket that Atelier does not run itself: sent small and in parts, made smaller, played by ranges, deleted.
// Usage: node story.mjs URL FOLDER. Leaves FOLDER/story.json with the ids of what was kept and of what was deleted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLAY, Person, REFUSED, ask, same, until } from '../browser/people.mjs';
import { step, story } from '../browser/steps.mjs';
import { Studio, digest, films } from '../browser/studio.mjs';

const [url, folder] = process.argv.slice(2);
const MIB = 1024 * 1024;
const SHEET = Buffer.from('%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n');
const UPLOAD = `mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
  upload { id asset { id } method partSize partCount targets { partNumber url headers { name value } } } ${REFUSED} } }`;
const COMPLETE = `mutation($id: ID!, $parts: [UploadedPartInput!]) { assetUploadComplete(uploadId: $id, parts: $parts) {
  asset { id state } ${REFUSED} } }`;

/** Sends bytes where a target says; the headers may differ from what was signed. */
function put(target, body, changed = {}) {
  const headers = { ...Object.fromEntries(target.headers.map(({ name, value }) => [name, value])), ...changed };
  return ask(target.url, { method: 'PUT', headers, body });
}

/** A film of 17 MiB: a real one, and a box that players skip. */
function long(film) {
  const rest = Buffer.alloc(17 * MIB - film.length);
  for (let at = 0; at < rest.length; at += 1) rest[at] = (at * 31) % 251;
  rest.writeUInt32BE(rest.length, 0);
  rest.write('free', 4, 'latin1');
  return Buffer.concat([film, rest]);
}

/** Cuts a file as the upload says and sends all parts, the last one first: what the client notes of each. */
async function sendsParts(upload, bytes) {
  const sent = [];
  for (const target of upload.targets.toReversed()) {
    const from = (target.partNumber - 1) * upload.partSize;
    const answer = await put(target, bytes.subarray(from, from + upload.partSize));
    if (!answer.ok) throw new Error(`part ${target.partNumber}: ${answer.status} ${await answer.text()}`);
    sent.push({ partNumber: target.partNumber, etag: answer.headers.get('etag') });
  }
  return sent;
}

async function bytes(address, range) {
  const answer = await ask(address, { headers: range ? { range } : {} });
  return { status: answer.status, type: answer.headers.get('content-type'), body: Buffer.from(await answer.arrayBuffer()) };
}

await story(110, async () => {
  const nora = await new Person(url, 'Nora').joins();
  const studio = await Studio.opens(nora, 'nora');
  const { film, cover } = films(folder);
  const whole = long(film);

  const sheet = await step('a small file goes straight to the bucket and is verified there', () =>
    studio.uploads('ATTACHMENT', 'sheet.pdf', 'application/pdf', SHEET));

  await step('the bucket refuses another type, more bytes and a changed link', async () => {
    const input = { creatorId: studio.id, purpose: 'ATTACHMENT', filename: 'a.pdf', contentType: 'application/pdf', byteSize: SHEET.length };
    const { upload } = await nora.does(UPLOAD, { input });
    const [target] = upload.targets;
    same('another type', (await put(target, SHEET, { 'content-type': 'text/html' })).status, 403);
    same('more bytes', (await put({ ...target, headers: target.headers.filter(({ name }) => name !== 'content-length') },
      Buffer.concat([SHEET, SHEET]))).status, 403);
    same('another key', (await put({ ...target, url: target.url.replace('/q/', '/m/') }, SHEET)).status, 403);
  });

  const asset = await step('17 MiB go there in parts, the last one first', async () => {
    const input = {
      creatorId: studio.id, purpose: 'LESSON_MEDIA', filename: 'film.mp4', contentType: 'video/mp4',
      byteSize: whole.length, sha256: digest(whole),
    };
    const { upload } = await nora.does(UPLOAD, { input });
    same('the way', [upload.method, upload.partCount], ['MULTIPART', 3]);
    const parts = await sendsParts(upload, whole);
    await nora.does(COMPLETE, { id: upload.id, parts });
    const ended = await until('the film to be verified', async () => {
      const seen = await nora.sees('query($id: ID!) { asset(id: $id) { state failureReason } }', { id: upload.asset.id });
      return ['READY', 'FAILED'].includes(seen.asset.state) ? seen.asset : undefined;
    }, 60_000);
    same('the film', ended, { state: 'READY', failureReason: null });
    return upload.asset.id;
  });

  await step('a player reads the ranges it asks for, across the seam of two parts', async () => {
    const { grant } = await nora.does(PLAY, { input: { assetId: asset } });
    const seam = 8 * MIB;
    const some = await bytes(grant.manifestUrl, `bytes=${seam - 5}-${seam + 4}`);
    same('the answer', [some.status, some.type], [206, 'video/mp4']);
    same('the bytes', some.body.toString('hex'), whole.subarray(seam - 5, seam + 5).toString('hex'));
    const end = await bytes(grant.manifestUrl, 'bytes=-3');
    same('the end', end.body.toString('hex'), whole.subarray(-3).toString('hex'));
    const longer = grant.manifestUrl.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=600000');
    same('a link that somebody made last longer', (await bytes(longer)).status, 403);
  });

  await step('a picture is there in the size of the screen', async () => {
    const id = await studio.uploads('COVER', 'cover.png', 'image/png', cover);
    const seen = await nora.sees(
      'query($id: ID!) { asset(id: $id) { image { whole: url small: url(transform: { maxWidth: 300 }) } } }', { id });
    const [large, small] = [await bytes(seen.asset.image.whole), await bytes(seen.asset.image.small)];
    same('both', [large.status, large.type, small.status, small.type], [200, 'image/jpeg', 200, 'image/jpeg']);
    if (small.body.length * 2 > large.body.length) throw new Error(`${small.body.length} of ${large.body.length} bytes`);
  });

  await step('a deleted file is removed after a week', async () => {
    await nora.does(`mutation($id: ID!) { assetDelete(id: $id) { deletedId ${REFUSED} } }`, { id: sheet });
    const headers = { 'content-type': 'application/json' };
    const moved = await ask(`${url}/sandbox/clock`, { method: 'POST', headers, body: '{"advanceSeconds":691200}' });
    same('the clock', moved.status, 200);
    writeFileSync(join(folder, 'story.json'), JSON.stringify({ kept: asset, deleted: sheet }));
  });
});
