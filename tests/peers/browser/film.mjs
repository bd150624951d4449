// Ten seconds of a real film, from the creator's disk to a real HLS player in a real browser.
// Usage: node film.mjs URL   (of an installation with ffmpeg; ATELIER_SCREENSHOTS=1 draws the player into docs/images)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser } from './pages.mjs';
import { Person, REFUSED, ask, same, until } from './people.mjs';
import { step, story } from './steps.mjs';
import { Studio, films } from './studio.mjs';

const [url] = process.argv.slice(2);
if (!url) {
  console.error('usage: node film.mjs URL');
  process.exit(2);
}
const PLAYER = fileURLToPath(new URL('node_modules/hls.js/dist/hls.min.js', import.meta.url));
const image = fileURLToPath(new URL('../../../docs/images/film.png', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'atelier-film-'));
const held = [async () => rmSync(folder, { recursive: true, force: true })];

const WORDS = 'WEBVTT\n\n00:00.000 --> 00:05.000\nThe first half\n\n00:05.000 --> 00:10.000\nThe second half\n';

/** Ten seconds with sound, 1280 by 720, the seconds written into the picture. */
function tenSeconds() {
  const file = join(folder, 'ten.mp4');
  const source = ['-f', 'lavfi', '-i', 'testsrc=duration=10:size=1280x720:rate=25', '-f', 'lavfi', '-i', 'sine=frequency=440:duration=10'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-c:a', 'aac', '-shortest'];
  execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...source, ...codecs, file], { timeout: 60_000 });
  return readFileSync(file);
}

/** Waits until a file is prepared: what was said of its progress meanwhile. */
async function prepared(owner, id) {
  const said = new Set();
  await until('the film is READY', async () => {
    const query = 'query($id: ID!) { asset(id: $id) { state failureReason processingBasisPoints } }';
    const { asset } = await owner.sees(query, { id });
    if (asset.state === 'FAILED') throw new Error(`the film FAILED: ${asset.failureReason}`);
    if (asset.processingBasisPoints !== null) said.add(asset.processingBasisPoints);
    return asset.state === 'READY' ? true : undefined;
  }, 120_000);
  return [...said];
}

/** Plays with hls.js from the beginning to the end, then seeks: what the player says of it. */
async function watches(context, address, picture) {
  const page = await context.newPage();
  await page.setContent('<body style="margin:0"><video muted width="1000" controls></video>');
  await page.addScriptTag({ path: PLAYER });
  const seen = await page.evaluate(async (address) => {
    const video = document.querySelector('video');
    const happens = (name, patience) => new Promise((resolve, reject) => {
      video.addEventListener(name, resolve, { once: true });
      setTimeout(() => reject(new Error(`no "${name}" from the player within ${patience} ms`)), patience);
    });
    const faults = [];
    const player = new window.Hls();
    window.player = player;
    player.on(window.Hls.Events.ERROR, (_, data) => faults.push(`${data.type} ${data.details} ${data.fatal}`));
    const playable = happens('canplay', 20_000);
    player.loadSource(address);
    player.attachMedia(video);
    try { await playable; } catch (error) { throw new Error(`${error.message}; ${faults.join('; ')}`); }
    player.subtitleDisplay = true;
    player.subtitleTrack = 0;
    const begun = performance.now();
    const over = happens('ended', 30_000);
    await video.play();
    await over;
    const took = (performance.now() - begun) / 1000;
    const sought = happens('seeked', 10_000);
    video.currentTime = 7.5;
    await sought;
    const shown = [...video.textTracks].filter(({ mode }) => mode === 'showing');
    return {
      subtitles: player.subtitleTracks.map(({ name, lang }) => [name, lang]),
      said: shown.flatMap(({ activeCues }) => [...activeCues].map(({ text }) => text)),
      duration: video.duration, took, position: video.currentTime, faults,
      levels: player.levels.map(({ height, videoCodec, audioCodec }) => [height, videoCodec, audioCodec]),
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
    };
  }, address);
  if (picture) await page.screenshot({ path: picture });
  await page.close();
  return seen;
}

/** Whether the browser itself can play it, without a player of anybody's. */
async function plainly(context, address) {
  const page = await context.newPage();
  await page.setContent('<video muted width="640"></video>');
  const seen = await page.evaluate((address) => new Promise((resolve) => {
    const video = document.querySelector('video');
    video.addEventListener('canplay', () => resolve(`yes, ${video.duration.toFixed(1)} s`), { once: true });
    video.addEventListener('error', () => resolve(`no: ${video.error?.message}`), { once: true });
    setTimeout(() => resolve('no answer within 10 s'), 10_000);
    video.src = address;
  }), address);
  await page.close();
  return seen;
}

story(240, async () => {
  const edda = new Person(url, 'Film Edda');
  edda.email = `film-${Date.now()}@example.com`;
  await edda.joins();
  const studio = await Studio.opens(edda, `film-${Date.now()}`);
  const cover = await studio.uploads('COVER', 'cover.png', 'image/png', films(folder).cover);
  const film = await step('a film is handed in', () => studio.uploads('LESSON_MEDIA', 'ten.mp4', 'video/mp4', tenSeconds(), 'PROCESSING'));
  await step('it is prepared, and says how far it is', async () => {
    const said = await prepared(edda, film);
    if (!said.some((points) => points > 0)) throw new Error(`all it ever said: ${said}`);
    console.log(`      progress seen: ${said.join(', ')}`);
  });
  const words = await studio.uploads('CAPTIONS', 'words.vtt', 'text/vtt', Buffer.from(WORDS));
  await edda.does(`mutation($id: ID!, $input: CaptionTrackInput!) { captionTrackAdd(assetId: $id, input: $input) {
    track { id } ${REFUSED} } }`, { id: film, input: { language: 'en', label: 'English', assetId: words } });
  const course = await studio.builds('Ten seconds', cover, film, [{ title: 'All of them', isPreview: true }], { minorUnits: 900, currency: 'EUR' });
  await studio.publishes(course.id);
  const visitor = new Person(url, 'A visitor');
  const { grant } = await visitor.does(`mutation($id: ID!) { playbackGrantCreate(input: { lessonId: $id }) {
    grant { id manifestUrl protocol storyboardUrl } ${REFUSED} } }`, { id: course.lessons[0] });
  same('the protocol', grant.protocol, 'HLS');
  const { context, close } = await openBrowser();
  held.push(close);
  await step('a real player plays all of it with subtitles, and seeks', async () => {
    const seen = await watches(context, grant.manifestUrl, process.env.ATELIER_SCREENSHOTS ? image : undefined);
    console.log(`      ${JSON.stringify(seen)}`);
    if (Math.abs(seen.duration - 10) > 0.2) throw new Error(`it lasts ${seen.duration} s`);
    if (seen.took < 8 || seen.took > 20) throw new Error(`it was played in ${seen.took} s`);
    if (Math.abs(seen.position - 7.5) > 0.1) throw new Error(`it stands at ${seen.position}`);
    same('the subtitles', seen.subtitles, [['English', 'en']]);
    same('what is said at the place it stands at', seen.said, ['The second half']);
    same('the sizes', seen.levels.map(([height]) => height).sort((a, b) => a - b), [360, 720]);
    same('faults', seen.faults, []);
  });
  await step('the preview has a picture for every second', async () => {
    const cues = await (await ask(grant.storyboardUrl)).text();
    same('its pictures', cues.match(/#xywh=/g).length, 5);
    const sprite = await ask(cues.match(/^http[^#]+/m)[0]);
    same('their type', sprite.headers.get('content-type'), 'image/jpeg');
  });
  console.log(`      played by the browser alone: ${await plainly(context, grant.manifestUrl)}`);
}, async () => {
  for (const release of held.reverse()) await release();
});
