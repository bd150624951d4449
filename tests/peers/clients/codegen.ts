// Types for every document in examples/, as a TypeScript client would have them made.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../../schema.graphql',
  documents: '../../../examples/*.graphql',
  generates: {
    '../../../examples/typescript/generated/': {
      preset: 'client',
      // One type an operation, readable as it is; who wants a type a component turns masking on.
      presetConfig: { fragmentMasking: false },
      config: {
        // Documents stay strings: the client needs no GraphQL library at run time.
        documentMode: 'string',
        enumsAsTypes: true,
        // A value added to an enum later must not break a client that was compiled before.
        futureProofEnums: true,
        nonOptionalTypename: false,
        useTypeImports: true,
        dedupeOperationSuffix: true,
        // A scalar that is not named here stops the run.
        strictScalars: true,
        scalars: {
          CountryCode: 'string', CurrencyCode: 'string', Date: 'string', DateTime: 'string', Decimal: 'string',
          EmailAddress: 'string', HTML: 'string', Int53: 'number', LanguageTag: 'string', LocalDateTime: 'string',
          Markdown: 'string', TimeZone: 'string', URL: 'string', UUID: 'string',
        },
      },
    },
  },
};

export default config;
