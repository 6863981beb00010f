import type { ServerResponse } from 'node:http';

/** An answer as plain data, without Request and Response objects, which would make a refusal expensive. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The answer as a Response, for the router. */
export function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, ...(headers && { headers }) });
}

/** @param fields more headers */
export function sendAnswer(
  outgoing: ServerResponse,
  { status, headers, body }: Answer,
  fields?: Readonly<Record<string, string>>,
): void {
  outgoing.writeHead(status, { ...headers, ...fields, 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
}
