import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { Hono } from 'hono';
import type { AppEnv } from './router.ts';
import { securitySchemes } from './security.ts';

/** A map: names such as "constructor" are on every object. */
const assets: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
]);
const cacheDay = 'public, max-age=86400';
const cacheMinute = 'public, max-age=60';

/** The published contract at `/openapi.json`, and a page to read and try it at `/docs`, all from our own origin. */
export function apiDocs(app: OpenAPIHono<AppEnv>, publicUrl: string): Hono {
  const docs = new Hono();
  let document: string | undefined;
  const contract = () => (document ??= JSON.stringify(openApiDocument(app, publicUrl)));
  docs.get('/openapi.json', (c) =>
    c.body(contract(), 200, { 'content-type': 'application/json', 'cache-control': cacheMinute }),
  );
  docs.get('/docs', (c) => {
    c.header(
      'content-security-policy',
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    );
    c.header('cache-control', cacheMinute);
    return c.html(page);
  });
  docs.get('/docs/start.js', (c) =>
    c.body(startScript, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': cacheDay }),
  );
  docs.get('/docs/:asset', (c) => {
    const type = assets.get(c.req.param('asset'));
    if (type === undefined) return c.notFound();
    return c.body(readFileSync(join(assetFolder(), c.req.param('asset')), 'utf8'), 200, {
      'content-type': type,
      'cache-control': cacheDay,
    });
  });
  return docs;
}

export function openApiDocument(
  app: Pick<OpenAPIHono<AppEnv>, 'getOpenAPI31Document' | 'openAPIRegistry'>,
  publicUrl: string,
) {
  for (const [name, scheme] of Object.entries(securitySchemes))
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'antre',
      version: '1',
      description:
        'Ticketing that keeps selling, correctly and fairly. Money is in minor units; times are RFC 3339 in UTC; errors are ' +
        'RFC 9457 problem documents with a stable `code`.',
    },
    servers: [{ url: publicUrl }],
  });
}

/** Beside the bundle in production, in the package otherwise. */
function assetFolder(): string {
  const beside = join(dirname(fileURLToPath(import.meta.url)), 'swagger-ui');
  return existsSync(beside) ? beside : dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>antre API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;

const startScript = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true });\n`;
