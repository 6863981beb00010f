import { Hono } from 'hono';
import { z } from 'zod';
import type { WhatsappSender } from '../demo-accounts.ts';
import { callbackUrlOf } from '../graph/report-statuses.ts';
import { postInbound } from '../graph/post-inbound.ts';
import type { World } from '../world.ts';
import { dropUndefined, readBody } from './read-body.ts';

const accountSchema = z.strictObject({
  serverKey: z.string().min(1).max(200),
  clientKey: z.string().max(200).optional(),
  notificationUrl: z.url().optional(),
  buyerFee: z.int().min(0).optional(),
  statesBuyerFee: z.enum(['metadata', 'extra_info', 'nowhere']).optional(),
});
const senderSchema = z.strictObject({
  businessAccountId: z.string().max(40).optional(),
  displayPhoneNumber: z.string().max(20).optional(),
  accessToken: z.string().min(1).max(500).optional(),
  appSecret: z.string().min(1).max(200).optional(),
  verifyToken: z.string().max(200).optional(),
  callbackUrl: z.url().optional(),
  templates: z
    .array(
      z
        .strictObject({
          name: z.string(),
          language: z.string(),
          bodyParameters: z.int().min(0).optional(),
          status: z.string().max(40).optional(),
          rejectedReason: z.string().max(200).optional(),
        })
        .transform(dropUndefined),
    )
    .max(1000)
    .optional(),
});

const inboundSchema = z.strictObject({
  from: z.string().regex(/^[1-9]\d{6,14}$/),
  text: z.string().max(5000),
  id: z.string().max(200).optional(),
  /** Seconds since 1970. */
  sentAt: z.int().optional(),
});
const handshakeTimeoutMs = 10_000;

/** Who may call the sandbox and where it calls back: merchant accounts and WhatsApp numbers. */
export function partyRoutes(world: World): Hono {
  return new Hono()
    .put('/midtrans/accounts/:merchantId', async (context) => {
      const read = await readBody(context, accountSchema);
      if ('response' in read) return read.response;
      const account = {
        merchantId: context.req.param('merchantId'),
        ...dropUndefined({ clientKey: '', ...read.value }),
      };
      world.journal.append({ kind: 'control.account', account });
      world.midtrans.accounts.set(account);
      return context.json({ data: account });
    })
    .put('/whatsapp/senders/:phoneNumberId', async (context) => {
      const read = await readBody(context, senderSchema);
      if ('response' in read) return read.response;
      const phoneNumberId = context.req.param('phoneNumberId');
      const before = world.graph.senders.get(phoneNumberId) ?? emptySender(phoneNumberId);
      const sender: WhatsappSender = { ...before, ...dropUndefined(read.value) };
      world.journal.append({ kind: 'control.sender', sender });
      world.graph.senders.set(phoneNumberId, sender);
      return context.json({ data: sender });
    })
    .post('/whatsapp/senders/:phoneNumberId/inbound', async (context) => {
      const sender = world.graph.senders.get(context.req.param('phoneNumberId'));
      if (sender === undefined) return context.json({ errors: ['no such sender'] }, 404);
      const read = await readBody(context, inboundSchema);
      if ('response' in read) return read.response;
      const status = await postInbound(world.graph, sender, read.value);
      return context.json({ status }, 202);
    })
    .post('/whatsapp/senders/:phoneNumberId/verification', async (context) => {
      const sender = world.graph.senders.get(context.req.param('phoneNumberId'));
      if (sender === undefined) return context.json({ errors: ['no such sender'] }, 404);
      const url = new URL(callbackUrlOf(sender, world.graph));
      const challenge = String(Math.floor(world.graph.random() * 1e9));
      url.searchParams.set('hub.mode', 'subscribe');
      url.searchParams.set('hub.verify_token', sender.verifyToken);
      url.searchParams.set('hub.challenge', challenge);
      const answer = await fetch(url, { signal: AbortSignal.timeout(handshakeTimeoutMs) }).catch(() => undefined);
      const verified = answer?.status === 200 && (await answer.text()) === challenge;
      return context.json({ verified, status: answer?.status ?? 0 });
    });
}

function emptySender(phoneNumberId: string): WhatsappSender {
  return {
    phoneNumberId,
    businessAccountId: '200000000000000',
    displayPhoneNumber: '6280000000000',
    accessToken: '',
    appSecret: '',
    verifyToken: '',
  };
}
