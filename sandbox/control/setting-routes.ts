import { Hono } from 'hono';
import { z } from 'zod';
import type { World } from '../world.ts';
import { readBody } from './read-body.ts';

const settingsSchema = z.strictObject({
  timeScale: z.number().min(0).max(1000).optional(),
  callbackConcurrency: z.int().min(1).max(512).optional(),
  /** null removes the limit. */
  callbacksPerSecond: z.number().min(0.001).nullable().optional(),
  snapExpiryMinimumMinutes: z.number().min(0).optional(),
  notificationUrl: z.url().optional(),
  whatsappCallbackUrl: z.string().max(2000).optional(),
});

const resettable = ['scenarios', 'inbox', 'whatsapp', 'webhooks', 'transactions', 'journal'] as const;
type Resettable = (typeof resettable)[number];

const resetSchema = z.strictObject({ what: z.array(z.enum(resettable)).max(resettable.length).optional() });
const resetDefault: readonly Resettable[] = ['scenarios', 'inbox', 'whatsapp', 'webhooks'];

/** `PATCH /settings`, `GET /settings`, `POST /reset`. */
export function settingRoutes(world: World): Hono {
  return new Hono()
    .get('/settings', (context) =>
      context.json({
        ...world.settings,
        callbacksWaiting: world.midtransLane.waiting(),
        transactions: world.midtrans.transactions.size(),
      }),
    )
    .patch('/settings', async (context) => {
      const read = await readBody(context, settingsSchema);
      if ('response' in read) return read.response;
      const { callbackConcurrency, callbacksPerSecond, ...settings } = read.value;
      const changed = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
      Object.assign(world.settings, changed);
      if (callbackConcurrency !== undefined) world.midtransLane.set({ concurrency: callbackConcurrency });
      if (callbacksPerSecond !== undefined)
        world.midtransLane.set({ perSecond: callbacksPerSecond ?? Number.POSITIVE_INFINITY });
      return context.json(world.settings);
    })
    .post('/reset', async (context) => {
      const read = await readBody(context, resetSchema);
      if ('response' in read) return read.response;
      const what = read.value.what ?? resetDefault;
      reset(world, what);
      return context.json({ reset: what });
    });
}

/** Deletes the named parts. Money (`transactions`, `journal`) is deleted only if named. */
function reset(world: World, what: readonly Resettable[]): void {
  if (what.includes('scenarios')) {
    for (const book of [
      world.midtrans.scenarios,
      world.graph.rules,
      world.smtpRules,
      world.beacon.rules,
      world.gateways.rules,
    ])
      book.clear();
  }
  if (what.includes('inbox')) world.inbox.clear();
  if (what.includes('whatsapp')) {
    world.graph.messages.clear();
    world.graph.media.clear();
    world.gateways.messages.length = 0;
  }
  if (what.includes('webhooks')) world.webhookSink.clear();
  if (what.includes('transactions')) world.midtrans.transactions.clear();
  if (what.includes('journal')) world.journal.clear();
  world.journal.append({ kind: 'control.reset', what });
}
