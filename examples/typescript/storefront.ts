// What a web page does with the typed client: reads a creator's page and prints it.
// Usage: node storefront.js http://localhost:8000/graphql mira
import { Client } from './client.js';
import { StorefrontPageQueryDocument } from './generated/graphql.js';
import type { StorefrontPage_CardFragment } from './generated/graphql.js';

type Card = Omit<StorefrontPage_CardFragment, 'prices'> & { prices: { amount: { formatted: string } }[] };

/** A card in words. */
function line({ kind, title, prices }: Card): string {
  return `${kind.toLowerCase()}: ${title}, ${prices[0]?.amount.formatted ?? 'not for sale'}`;
}

/** The page in words; null where there is no such creator. */
export async function storefront(client: Client, handle: string): Promise<string[] | null> {
  const { creator } = await client.send(StorefrontPageQueryDocument, { handle });
  if (!creator) return null;
  const lines = [`${creator.displayName}: ${creator.headline ?? ''}`];
  for (const section of creator.storefront?.sections ?? []) {
    // A kind of section that this client does not know yet is passed over: new ones are no breaking change.
    if (section.__typename === 'FeaturedSection') lines.push(section.heading, ...section.offerings.map(line));
  }
  return [...lines, ...creator.courses.nodes.map(line)];
}

const [url, handle] = process.argv.slice(2);
if (url && handle) {
  const lines = await storefront(new Client(url), handle);
  console.log(lines ? lines.join('\n') : `there is no @${handle}`);
  process.exitCode = lines ? 0 : 1;
}
