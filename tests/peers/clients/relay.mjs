// relay-compiler reads documents out of components. Those of examples/ are put into one component a file here, so that the
// very same documents are held against Relay's rules; those of examples/relay/ are taken as they are.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, print } from 'graphql';

const here = fileURLToPath(new URL('./', import.meta.url));
const examples = join(here, '../../../examples');

/** Makes the components anew, with what relay-compiler needs to know: gives its settings' address. */
export function components(folder = join(here, 'generated/relay')) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'src/__generated__'), { recursive: true });
  for (const file of readdirSync(examples).filter((name) => name.endsWith('.graphql'))) {
    const { definitions } = parse(readFileSync(join(examples, file), 'utf8'));
    const parts = definitions.map((definition, at) => `export const part${at} = graphql\`\n${print(definition)}\n\`;\n`);
    const component = `import { graphql } from 'relay-runtime';\n\n${parts.join('\n')}`;
    writeFileSync(join(folder, 'src', `${basename(file, '.graphql')}.ts`), component);
  }
  cpSync(join(examples, 'relay'), join(folder, 'src'), { recursive: true });
  cpSync(join(examples, '../schema.graphql'), join(folder, 'schema.graphql'));
  const text = [
    'CountryCode', 'CurrencyCode', 'Date', 'DateTime', 'Decimal', 'EmailAddress', 'HTML', 'LanguageTag', 'LocalDateTime',
    'Markdown', 'TimeZone', 'URL', 'UUID',
  ];
  const settings = {
    src: './src', schema: './schema.graphql', language: 'typescript', eagerEsModules: true,
    // A scalar without a type here is an error.
    customScalarTypes: { ...Object.fromEntries(text.map((name) => [name, 'string'])), Int53: 'number' },
    requireCustomScalarTypes: true,
    artifactDirectory: './src/__generated__',
  };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(settings, null, 2));
  return { folder, settings: join(folder, 'relay.config.json') };
}
