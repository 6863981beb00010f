import { createRoute, z } from '@hono/zod-openapi';
import { createRouter } from '../../http/contract/router.ts';
import { problems } from '../../http/contract/schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';
import { readBytes } from '../../http/hot-path/read-bytes.ts';
import { markVerified } from '../../http/request-context.ts';
import { callbackNames } from '../channels/whatsapp/registry.ts';
import { type CallbackDeps, answerHandshake, receiveCallback } from './receive-callback.ts';

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

/** One address for each provider: any other one is served by nobody, and has the lowest class under load. */
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
      summary: 'A message provider asks whether this address wants its callbacks',
      responses: { 200: text('The challenge, or `ok`.'), ...problems(400, 403, 503) },
    }),
    receive: createRoute({
      ...shared,
      method: 'post',
      operationId: `receive${title}Callback`,
      summary: 'A message provider reports what became of messages, and what people have written',
      responses: { 200: text('Taken.'), ...problems(400, 403, 413, 503) },
    }),
  };
}

/** Callbacks of message providers. A database that is away answers 503, and the provider tries again. */
export function notificationCallbackRoutes(deps: CallbackDeps) {
  const router = createRouter();
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
