import type { ServerResponse } from 'node:http';

/** An answer as plain facts, without the objects of the web standard, which a refusal need not pay for. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The same for what the router answers with. */
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
