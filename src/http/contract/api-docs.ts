import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { type Context, Hono } from 'hono';
import { docsPage, startScript } from './docs-page.ts';
import { type Variants, chooseVariant } from '../negotiation.ts';
import type { ProblemCatalogue } from '../problem.ts';
import type { AppEnv } from './router.ts';
import { securitySchemes } from './security.ts';

/** A map, because every object has names such as "constructor". */
const assets: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
]);
const cacheDay = 'public, max-age=86400';
const cacheMinute = 'public, max-age=60';
const gzipped = promisify(gzip);

type Text = Variants<string | Promise<Buffer>>;

/**
 * Serves the published contract at `/openapi.json`, and a page to start with, read and try it at `/docs`, all from our
 * own origin. Each text is made and compressed once, in the thread pool; requests only send it.
 */
export function apiDocs(contract: () => object, problems: ProblemCatalogue): Hono {
  const docs = new Hono();
  const texts = new Map<string, Text>();
  const send = async (
    c: Context,
    name: string,
    make: () => string | Promise<string>,
    type: string,
    cacheControl: string,
  ) => {
    let text = texts.get(name);
    if (text === undefined) {
      const plain = await make();
      text = { identity: plain, gzip: gzipped(plain), brotli: undefined };
      texts.set(name, text);
    }
    const headers = { 'content-type': type, 'cache-control': cacheControl, vary: 'Accept-Encoding' };
    const body = await chooseVariant(text, c.req.header('accept-encoding'));
    if (typeof body === 'string') return c.body(body, 200, headers);
    return c.body(new Uint8Array(body), 200, { ...headers, 'content-encoding': 'gzip' });
  };
  docs.get('/openapi.json', (c) =>
    send(c, 'contract', () => JSON.stringify(contract()), 'application/json', cacheMinute),
  );
  docs.get('/docs', (c) => {
    c.header(
      'content-security-policy',
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    );
    return send(c, 'page', () => docsPage(problems), 'text/html; charset=utf-8', cacheMinute);
  });
  docs.get('/docs/start.js', (c) => send(c, 'start', () => startScript, 'text/javascript; charset=utf-8', cacheDay));
  docs.get('/docs/:asset', (c) => {
    const name = c.req.param('asset');
    const type = assets.get(name);
    if (type === undefined) return c.notFound();
    return send(c, name, () => readFileSync(join(assetFolder(), name), 'utf8'), type, cacheDay);
  });
  return docs;
}

export function openApiDocument(
  app: Pick<OpenAPIHono<AppEnv>, 'getOpenAPI31Document' | 'openAPIRegistry'>,
  publicUrl: string,
) {
  for (const [name, scheme] of Object.entries(securitySchemes))
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  app.openAPIRegistry.registerComponent('headers', 'RetryAfter', {
    description: 'Seconds after which the same request may succeed.',
    schema: { type: 'integer', minimum: 0 },
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'antre',
      version: '1',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      description:
        'Ticketing that keeps selling, correctly and fairly. Money is in minor units; times are RFC 3339 in UTC; errors are ' +
        'RFC 9457 problem documents with a stable `code`. A field that was refused has a code and a text in English and ' +
        'Indonesian. Where 304 is listed, the `ETag` may be sent as `If-None-Match`. `RateLimit` says what is left of ' +
        'the limit that will be reached first, and `RateLimit-Policy` what it is.',
    },
    servers: [{ url: publicUrl }],
  });
}

/** Beside the bundle in production, in the package otherwise. */
function assetFolder(): string {
  const beside = join(dirname(fileURLToPath(import.meta.url)), 'swagger-ui');
  return existsSync(beside) ? beside : dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}
