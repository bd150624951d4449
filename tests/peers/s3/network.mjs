// Films and pictures through a network before the bucket: every link leads there, opens one file, and nothing else does.
// Usage: node network.mjs URL FOLDER NETWORK.
import { PLAY, Person, ask, same } from '../browser/people.mjs';
import { step, story } from '../browser/steps.mjs';
import { Studio, films } from '../browser/studio.mjs';

const [url, folder, network] = process.argv.slice(2);

async function read(address, range) {
  const answer = await ask(address, { headers: range ? { range } : {} });
  const body = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: answer.headers.get('content-type'), body };
}

await story(60, async () => {
  const ines = await new Person(url, `Ines${network.slice(-4)}`).joins();
  const studio = await Studio.opens(ines, `ines${network.slice(-4)}`);
  const { film, cover } = films(folder);

  const link = await step('a film plays through the network, by ranges', async () => {
    const asset = await studio.uploads('LESSON_MEDIA', 'film.mp4', 'video/mp4', film);
    const { grant } = await ines.does(PLAY, { input: { assetId: asset } });
    if (!grant.manifestUrl.startsWith(`${network}/m/`)) throw new Error(grant.manifestUrl);
    const some = await read(grant.manifestUrl, 'bytes=5-14');
    same('the answer', [some.status, some.type], [206, 'video/mp4']);
    same('the bytes', some.body.toString('hex'), film.subarray(5, 15).toString('hex'));
    return grant.manifestUrl;
  });

  await step('a picture and its smaller size come through it', async () => {
    const id = await studio.uploads('COVER', 'cover.png', 'image/png', cover);
    const seen = await ines.sees(
      'query($id: ID!) { asset(id: $id) { image { whole: url small: url(transform: { maxWidth: 300 }) } } }', { id });
    for (const address of [seen.asset.image.whole, seen.asset.image.small]) {
      if (!address.startsWith(`${network}/m/`)) throw new Error(address);
      const picture = await read(address);
      same('the picture', [picture.status, picture.type], [200, 'image/jpeg']);
      const [path] = address.split('?');
      same('with the token of the film', (await read(`${path}?${link.split('?')[1]}`)).status, 403);
      same('with none', (await read(path)).status, 403);
    }
  });
});
