import { type IncomingMessage, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * `silent`: it takes requests and never answers, as in a full stadium. `refusing`: the edge is there, the service is not. `deployed`: pages
 * that scripts read are of a newer release, with files of other names. `breaking`: they are of the newest one, whose files do not arrive.
 */
export type Mood = 'good' | 'silent' | 'refusing' | 'deployed' | 'breaking';

/** A network between a browser and the service. Service workers use it, too, whose calls Playwright's routes do not see. */
export async function openMoodyNetwork(origin: string) {
  let mood: Mood = 'good';
  const server = createServer((request, response) => {
    if (mood === 'silent') return;
    if (mood === 'refusing' || (mood === 'breaking' && isNewest(request))) {
      response.writeHead(503, { 'retry-after': '1' }).end();
      return;
    }
    const release = mood === 'breaking' ? 'newest' : 'newer';
    const isDeployed = (mood === 'deployed' || mood === 'breaking') && !isCall(request);
    const isPage = isDeployed && request.headers['sec-fetch-dest'] === 'empty';
    const headers = { ...request.headers, ...(isPage ? { 'accept-encoding': 'identity' } : {}) };
    const asked = httpRequest(`${origin}${request.url}`, { method: request.method, headers }, (answer) => {
      void copy(answer, { isDeployed, release: isPage ? release : undefined }).then(({ head, body }) =>
        response.writeHead(answer.statusCode ?? 502, head).end(body),
      );
    });
    asked.on('error', () => response.destroy());
    request.pipe(asked);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next: Mood): void => {
      mood = next;
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const isCall = ({ url = '' }: IncomingMessage) => url.startsWith('/v1/') || url.startsWith('/web/');

const isNewest = ({ url = '' }: IncomingMessage) => url.endsWith('?newest');

async function copy(
  answer: IncomingMessage,
  { isDeployed, release }: { isDeployed: boolean; release?: string | undefined },
) {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  const { 'transfer-encoding': _chunks, 'content-length': _length, ...head } = answer.headers;
  if (isDeployed) head['cache-control'] = 'no-store';
  const body = Buffer.concat(parts);
  return {
    head,
    body: release === undefined ? body : body.toString().replaceAll(/(\/web\/[^"]+\.(?:js|css))"/g, `$1?${release}"`),
  };
}
