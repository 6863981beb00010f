import { createRoute, z } from '@hono/zod-openapi';
import { bearerOf } from '../../access/credentials/credential.ts';
import type { Config } from '../../config.ts';
import { createRouter } from '../../http/contract/router.ts';
import { problems } from '../../http/contract/schemas.ts';
import { byAnybody, byMailServer } from '../../http/contract/security.ts';
import { readBytes } from '../../http/hot-path/read-bytes.ts';
import { markVerified } from '../../http/request-context.ts';
import { callbackNames } from '../channels/whatsapp/registry.ts';
import { type CallbackDeps, answerHandshake, receiveCallback } from './receive-callback.ts';
import { receiveMail, requireMailToken } from './receive-mail.ts';

const callbackBytesMax = 256 * 1024;
const tags = ['Callbacks'];
const text = (description: string) => ({ description, content: { 'text/plain': { schema: z.string() } } });

/** Our id, or the id of the number at Meta. */
const callbackParams = z.object({ senderId: z.string().regex(/^(?:snd_[0-9A-Z]{20}|\d{5,20})$/) });

const proofs = {
  whatsapp: { title: 'Whatsapp', proof: 'The raw bytes are signed in `X-Hub-Signature-256`.' },
  waha: { title: 'Waha', proof: 'The raw bytes are signed in `X-Webhook-Hmac`. WAHA asks no question by GET.' },
  fonnte: { title: 'Fonnte', proof: 'Nothing is signed; the address carries the secret `key` of the sender.' },
  wablas: { title: 'Wablas', proof: 'Nothing is signed; the address carries the secret `key` of the sender.' },
} as const satisfies Record<(typeof callbackNames)[number], { title: string; proof: string }>;

/** One address per provider. Other addresses are not served, and have the lowest class under load. */
function contractsOf(name: (typeof callbackNames)[number]) {
  const { title, proof } = proofs[name];
  const shared = {
    path: `/v1/callbacks/${name}/{senderId}` as const,
    tags,
    security: byAnybody,
    description: proof,
    request: { params: callbackParams },
  };
  return {
    verify: createRoute({
      ...shared,
      method: 'get',
      operationId: `verify${title}Callback`,
      summary: 'Answer a message provider that checks the callback address',
      responses: { 200: text('The challenge, or `ok`.'), ...problems(400, 403, 503) },
    }),
    receive: createRoute({
      ...shared,
      method: 'post',
      operationId: `receive${title}Callback`,
      summary: 'Receive statuses and inbound messages from a message provider',
      responses: { 200: text('Taken.'), ...problems(400, 403, 413, 503) },
    }),
  };
}

const mailRoute = createRoute({
  method: 'post',
  path: '/v1/callbacks/mail',
  tags,
  operationId: 'receiveMailCallback',
  security: byMailServer,
  summary: 'Receive a mail to the bounce address from the mail server',
  description:
    'The body is the unchanged mail (RFC 5322): a delivery status (RFC 3464) or a complaint (RFC 5965). Any other mail is accepted and changes nothing.',
  responses: { 200: text('Taken.'), ...problems(403, 413, 503) },
});

/**
 * Callbacks of message providers, and bounces of mails. While the database is down they get 503, and the provider tries
 * again.
 */
export function notificationCallbackRoutes(
  deps: CallbackDeps & { readonly config: Pick<Config, 'MAIL_CALLBACK_TOKEN'> },
) {
  const router = createRouter().openapi(mailRoute, async (c) => {
    requireMailToken(deps.config, bearerOf(c.req.header('authorization')));
    markVerified(c);
    await receiveMail(deps, await readBytes(c, callbackBytesMax));
    return c.text('ok', 200);
  });
  for (const name of callbackNames) {
    const { verify, receive } = contractsOf(name);
    router
      .openapi(verify, async (c) => {
        const { senderId } = c.req.valid('param');
        return c.text(await answerHandshake(deps, { name, senderId, query: (key) => c.req.query(key) }), 200);
      })
      .openapi(receive, async (c) => {
        const { senderId } = c.req.valid('param');
        await receiveCallback(deps, {
          name,
          senderId,
          query: (key) => c.req.query(key),
          header: (key) => c.req.header(key),
          body: await readBytes(c, callbackBytesMax),
          onVerified: () => markVerified(c),
        });
        return c.text('ok', 200);
      });
  }
  return router;
}
