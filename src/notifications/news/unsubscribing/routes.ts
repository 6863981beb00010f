import { createRoute, z } from '@hono/zod-openapi';
import { html } from 'hono/html';
import type { Config } from '../../../config.ts';
import { createRouter } from '../../../http/contract/router.ts';
import { problems } from '../../../http/contract/schemas.ts';
import { byAnybody } from '../../../http/contract/security.ts';
import { readBytes } from '../../../http/hot-path/read-bytes.ts';
import type { Db } from '../../../platform/database/db.ts';
import { organizerOfLink, unsubscribe } from './unsubscribe.ts';

/** Mailboxes post `List-Unsubscribe=One-Click`, as a form of either kind. */
const bodyBytesMax = 4096;

const shared = {
  path: '/v1/unsubscriptions/{token}' as const,
  tags: ['Notifications'],
  security: byAnybody,
  request: { params: z.object({ token: z.string().max(100) }) },
};
const pageAnswer = (description: string) => ({ description, content: { 'text/html': { schema: z.string() } } });

const askRoute = createRoute({
  ...shared,
  method: 'get',
  operationId: 'askToUnsubscribe',
  summary: 'A page that asks whether to unsubscribe from news; it changes nothing',
  responses: { 200: pageAnswer('A page with a button.'), ...problems(400, 404, 503) },
});
const unsubscribeRoute = createRoute({
  ...shared,
  method: 'post',
  operationId: 'unsubscribe',
  summary: 'End the news of an organiser to one address with one click in the mailbox (RFC 8058)',
  description: 'The body is ignored.',
  responses: { 200: pageAnswer('No more news.'), ...problems(400, 404, 413, 503) },
});

const pageHeaders = {
  'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};

/** The link in news: a mailbox or a person ends them without signing in. */
export function unsubscribeRoutes(deps: { readonly db: Db; readonly config: Pick<Config, 'HASH_SECRET'> }) {
  return createRouter()
    .openapi(askRoute, async (c) => {
      const organizer = await organizerOfLink(deps, c.req.valid('param').token);
      const content = html`<h1>${organizer}</h1>
        <form method="post">
          <p>Berhenti menerima kabar lewat email? Tiket dan pesan tentang pesanan tetap dikirim.</p>
          <p lang="en">Stop news by email? Tickets and messages about orders are still sent.</p>
          <button>Berhenti / Unsubscribe</button>
        </form>`;
      return c.html(page(content), 200, pageHeaders);
    })
    .openapi(unsubscribeRoute, async (c) => {
      await readBytes(c, bodyBytesMax);
      await unsubscribe(deps, c.req.valid('param').token);
      const content = html`<p>Anda tidak akan menerima kabar lagi.</p>
        <p lang="en">You will get no more news.</p>`;
      return c.html(page(content), 200, pageHeaders);
    });
}

function page(content: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="id">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Berhenti / Unsubscribe</title>
      </head>
      <body>
        ${content}
      </body>
    </html>`;
}
