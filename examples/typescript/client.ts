// A client of the API in one file: typed by the documents, without a GraphQL library at run time.
import type { TypedDocumentString } from './generated/graphql.js';

/** What every payload says of what it refused; `userErrors` is empty on success. */
export interface Refusal {
  code: string;
  message: string;
  path: string[];
}

/** The request failed as a whole, or a part of it is missing and must not be taken for null. */
export class RequestFailed extends Error {
  constructor(readonly errors: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[]) {
    super(errors.map(({ message }) => message).join('; '));
  }
}

/** A mutation was understood and refused: show `refusals` beside the fields that `path` names. */
export class Refused extends Error {
  constructor(readonly refusals: Refusal[]) {
    super(refusals.map(({ message }) => message).join('; '));
  }
}

export class Client {
  /** `token` gives the access token of this moment, or null for somebody who is not signed in. */
  constructor(
    private readonly url: string,
    private readonly token: () => string | null = () => null,
  ) {}

  /** Sends a document; throws what the transport, the limits or the resolvers complain about. */
  async send<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data> {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { ...this.headers(), accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: AbortSignal.timeout(20_000),
    });
    const { data, errors } = (await answer.json()) as { data?: Data; errors?: RequestFailed['errors'] };
    if (errors || !data) throw new RequestFailed(errors ?? [{ message: `HTTP ${answer.status}` }]);
    return data;
  }

  /** Follows a subscription over plain HTTP (`multipart/mixed`), until the server ends it or the caller breaks off. */
  async *follow<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): AsyncGenerator<Data> {
    const over = new AbortController();
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { ...this.headers(), accept: 'multipart/mixed;subscriptionSpec=1.0, application/json' },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: over.signal,
    });
    try {
      if (!answer.headers.get('content-type')?.startsWith('multipart/mixed') || !answer.body) {
        throw new RequestFailed(((await answer.json()) as { errors: RequestFailed['errors'] }).errors);
      }
      for await (const part of parts(answer.body)) {
        // `{}` is a sign of life; errors beside the payload end the stream.
        if (part.errors) throw new RequestFailed(part.errors);
        if (part.payload?.errors) throw new RequestFailed(part.payload.errors);
        if (part.payload?.data) yield part.payload.data as Data;
      }
    } finally {
      over.abort();
    }
  }

  private headers(): Record<string, string> {
    const token = this.token();
    return { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  }
}

/** The payload of a mutation that must succeed. */
export function accepted<Payload extends { userErrors: Refusal[] }>(payload: Payload | null | undefined): Payload {
  if (!payload) throw new RequestFailed([{ message: 'The answer has no payload.' }]);
  if (payload.userErrors.length > 0) throw new Refused(payload.userErrors);
  return payload;
}

interface Part {
  payload?: { data?: unknown; errors?: RequestFailed['errors'] } | null;
  errors?: RequestFailed['errors'];
}

const BOUNDARY = /\r?\n--graphql(?:--)?/;

/** The JSON of each part. The boundary after a part comes with it, so nothing waits for the next one. */
async function* parts(body: ReadableStream<Uint8Array>): AsyncGenerator<Part> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let waiting = '\n';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    waiting += value;
    for (let at = BOUNDARY.exec(waiting); at; at = BOUNDARY.exec(waiting)) {
      const part = waiting.slice(0, at.index);
      waiting = waiting.slice(at.index + at[0].length);
      const json = part.slice(part.indexOf('{'));
      if (part.includes('{')) yield JSON.parse(json) as Part;
    }
  }
}
