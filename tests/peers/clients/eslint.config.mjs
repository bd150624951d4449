// The rules of @graphql-eslint for schema.graphql and for the documents in examples/, Relay's among them.
// On is all that its authors recommend; what is off or narrowed says why.
import { fileURLToPath } from 'node:url';
import graphql from '@graphql-eslint/eslint-plugin';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const parserOptions = { graphQLConfig: { schema: `${root}schema.graphql`, documents: `${root}examples/*.graphql` } };
const languageOptions = { parser: graphql.parser, parserOptions };
const plugins = { '@graphql-eslint': graphql };
const recommended = (...sets) => Object.assign({}, ...sets.map((set) => graphql.configs[set].rules));

export default [
  {
    files: ['schema.graphql'], languageOptions, plugins,
    rules: {
      ...recommended('flat/schema-recommended', 'flat/schema-relay'),
      // Money, pictures, payloads and pages are values without an identity of their own; what has one is a Node.
      '@graphql-eslint/strict-id-in-types': 'off',
      // Lists that only go forwards are allowed by the connections specification; ChatRoom.messages goes both ways.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // Short lists (prices, sections) come whole, and `nodes` spares a client the edges.
      '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false }],
    },
  },
  {
    files: ['examples/*.graphql'], languageOptions, plugins,
    rules: {
      ...recommended('flat/operations-recommended'),
      // Relay wants the opposite of what is recommended: StorefrontPageQuery, StorefrontPage_card.
      '@graphql-eslint/naming-convention': ['error', {
        VariableDefinition: 'camelCase',
        'OperationDefinition[operation=query]': { style: 'PascalCase', requiredSuffixes: ['Query'] },
        'OperationDefinition[operation=mutation]': { style: 'PascalCase', requiredSuffixes: ['Mutation'] },
        'OperationDefinition[operation=subscription]': { style: 'PascalCase', requiredSuffixes: ['Subscription'] },
        FragmentDefinition: { requiredPattern: /^[A-Z][A-Za-z]+_[a-z][A-Za-z]*$/ },
      }],
      // Whatever has an id is asked for it, or a client's cache cannot know it again.
      '@graphql-eslint/require-selections': ['error', { fieldName: 'id', requireAllFields: true }],
    },
  },
];
