// What a creator does before anybody can buy: films a video, uploads it, builds a course, opens the shop.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REFUSED, ask, same } from './people.mjs';

/** The SHA-256 of some bytes, in hexadecimal digits. */
export const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Two seconds of a real film with sound, and a real picture. */
export function films(folder) {
  const [film, cover] = [join(folder, 'film.mp4'), join(folder, 'cover.png')];
  const source = (size) => ['-f', 'lavfi', '-i', `testsrc=duration=2:size=${size}:rate=25`];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2'];
  const codecs = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '25', '-c:a', 'aac', '-shortest', '-movflags', '+faststart'];
  ffmpeg([...source('640x360'), ...sound, ...codecs, film]);
  ffmpeg([...source('1280x720'), '-frames:v', '1', cover]);
  return { film: readFileSync(film), cover: readFileSync(cover) };
}

function ffmpeg(options) {
  execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...options], { timeout: 60_000 });
}

/** A creator's studio, worked in by its owner. */
export class Studio {
  constructor(owner, id) {
    Object.assign(this, { owner, id });
  }

  /** Opens a studio under a handle. */
  static async opens(owner, handle) {
    const input = {
      handle, displayName: owner.name, country: 'DE', timeZone: 'Europe/Berlin', currency: 'EUR', nicheSlugs: ['baking'],
    };
    const made = await owner.does(
      `mutation($input: CreatorCreateInput!) { creatorCreate(input: $input) { creator { id } ${REFUSED} } }`, { input });
    return new Studio(owner, made.creator.id);
  }

  /** Promises a file, sends it to the store, has it verified: gives its id. Films may be `PROCESSING` then. */
  async uploads(purpose, filename, contentType, bytes, state = 'READY') {
    const input = {
      creatorId: this.id, purpose, filename, contentType, byteSize: bytes.length, sha256: digest(bytes),
    };
    const { upload } = await this.owner.does(
      `mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
        upload { id targets { url headers { name value } } } ${REFUSED} } }`, { input });
    const [target] = upload.targets;
    const headers = Object.fromEntries(target.headers.map(({ name, value }) => [name, value]));
    const put = await ask(target.url, { method: 'PUT', headers, body: bytes });
    if (!put.ok) throw new Error(`the store answered ${put.status}: ${await put.text()}`);
    const { asset } = await this.owner.does(
      `mutation($id: ID!) { assetUploadComplete(uploadId: $id) { asset { id state durationSeconds } ${REFUSED} } }`, { id: upload.id });
    same('the uploaded file', asset.state, state);
    return asset.id;
  }

  /** Builds a course of a section with lessons that each show a video: gives ids and the price's. */
  async builds(title, coverAssetId, videoAssetId, lessons, amount) {
    const words = { title, descriptionMarkdown: 'Flour, water, salt and **patience**.', coverAssetId };
    const { course } = await this.owner.does(
      `mutation($creatorId: ID!, $input: CourseInput!) { courseCreate(creatorId: $creatorId, input: $input) {
        course { id cover { url } } ${REFUSED} } }`, { creatorId: this.id, input: words });
    const { section } = await this.owner.does(
      `mutation($id: ID!) { sectionCreate(courseId: $id, input: { title: "The dough" }) { section { id } ${REFUSED} } }`,
      { id: course.id });
    const made = [];
    for (const input of lessons) made.push(await this.addsLesson(section.id, input, videoAssetId));
    const { price } = await this.owner.does(
      `mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) { price { id } ${REFUSED} } }`,
      { id: course.id, price: { oneTime: { amount } } });
    return { id: course.id, cover: course.cover.url, lessons: made, price: price.id };
  }

  /** Adds a lesson with its video: gives its id. */
  async addsLesson(sectionId, input, videoAssetId) {
    const { lesson } = await this.owner.does(
      `mutation($sectionId: ID!, $input: LessonInput!) { lessonCreate(sectionId: $sectionId, input: $input) {
        lesson { id } ${REFUSED} } }`, { sectionId, input });
    await this.owner.does(
      `mutation($id: ID!, $content: LessonContentInput!) { lessonContentSet(id: $id, content: $content) {
        lesson { kind } ${REFUSED} } }`, { id: lesson.id, content: { videoAssetId } });
    return lesson.id;
  }

  /** Opens the page and puts a course on sale. */
  async publishes(courseId) {
    await this.owner.does(
      `mutation($id: ID!) { storefrontPublish(creatorId: $id, published: true) { ${REFUSED} } }`, { id: this.id });
    const { offering } = await this.owner.does(
      `mutation($id: ID!) { offeringPublish(id: $id) { offering { status url } ${REFUSED} } }`, { id: courseId });
    same('the course', offering.status, 'PUBLISHED');
    return offering.url;
  }

  /** What the owner sees of the money. */
  async money() {
    const { studio } = await this.owner.sees(
      `query($id: ID!) { studio(creatorId: $id) {
        orders { nodes { number status total { minorUnits } buyer { displayName } } }
        balance { available { minorUnits } pending { minorUnits currency } }
        ledger { nodes { kind amount { minorUnits } balanceAfter { minorUnits } description } }
        payoutAccount { state requirements } } }`, { id: this.id });
    return studio;
  }
}
