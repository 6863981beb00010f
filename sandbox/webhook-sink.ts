import { Hono } from 'hono';
import { z } from 'zod';
import { neverAnswer, strikes } from './fault.ts';
import type { Tools } from './tools.ts';

/** Receives organisers' webhooks: `POST /webhook-sink/{name}` records, `GET` lists. */

export const sinkScriptSchema = z.strictObject({
  status: z.int().min(200).max(599).optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  hang: z.boolean().optional(),
  location: z.string().max(2000).optional(),
  times: z.int().min(1).optional(),
});

type SinkScript = z.output<typeof sinkScriptSchema>;

type ReceivedWebhook = Readonly<{
  seq: number;
  at: string;
  name: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}>;

export type WebhookSink = Readonly<{
  scripts: Map<string, SinkScript>;
  received: () => readonly ReceivedWebhook[];
  clear: () => void;
  routes: Hono;
}>;

const receivedMax = 10_000;
const bodyCharactersKept = 65_536;

export function createWebhookSink(tools: Pick<Tools, 'now' | 'random' | 'scheduler' | 'journal'>): WebhookSink {
  const scripts = new Map<string, SinkScript>();
  let received: ReceivedWebhook[] = [];
  let seq = 0;

  const routes = new Hono()
    .post('/webhook-sink/:name', async (context) => {
      const name = context.req.param('name');
      const body = (await context.req.text()).slice(0, bodyCharactersKept);
      const matching = scripts.get(name);
      const script = matching !== undefined && strikes(matching, tools.random) ? matching : {};
      if (script.delayMs !== undefined) await tools.scheduler.wait(script.delayMs);
      seq += 1;
      const at = new Date(tools.now()).toISOString();
      received.push({ seq, at, name, headers: context.req.header(), body });
      if (received.length > receivedMax * 2) received = received.slice(-receivedMax);
      const status = script.status ?? 200;
      tools.journal.append({
        kind: 'webhook.received',
        name,
        webhookId: context.req.header('webhook-id'),
        answer: status,
      });
      if (script.hang === true) return neverAnswer(context, 'hang');
      const headers = script.location === undefined ? {} : { location: script.location };
      return new Response(status === 204 ? null : 'ok', { status, headers });
    })
    .get('/webhook-sink/:name?', (context) => {
      const name = context.req.param('name');
      const since = Number(context.req.query('since') ?? 0);
      return context.json({
        data: received.filter((one) => one.seq > since && (name === undefined || one.name === name)),
      });
    });

  return {
    scripts,
    routes,
    received: () => received,
    clear: () => {
      scripts.clear();
      received = [];
    },
  };
}
