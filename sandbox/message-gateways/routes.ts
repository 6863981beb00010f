import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { neverAnswer } from '../fault.ts';
import type { GatewayName, GatewayParty } from './gateway-party.ts';
import { type GatewayMessage, type Gateways, accept, partyKey, ruleFor } from './gateways.ts';
import { reportStatuses } from './report.ts';

type Sending = Readonly<{ gateway: GatewayName; account: string; to: string; text: string; id: string }>;
/** How a gateway words its answers. */
type Words = Readonly<{
  taken: (message: GatewayMessage) => Response;
  refused: (reason: string, status?: number) => Response;
}>;

/** `POST /waha/api/sendText`, `/fonnte/send`, `/wablas/{server}/api/v2/send-message`. */
export function gatewayRoutes(gateways: Gateways): Hono {
  return new Hono()
    .post('/waha/api/sendText', async (context) => {
      const body = await bodyOf(context);
      const account = textOf(body['session']);
      const to = textOf(body['chatId']).replace(/@c\.us$/, '');
      const party = gateways.parties.get(partyKey('waha', account));
      if (context.req.header('x-api-key') === undefined) return json({ message: 'Unauthorized' }, 401);
      if (party === undefined) return json({ statusCode: 404, message: 'Session not found' }, 404);
      if (context.req.header('x-api-key') !== party.secret) return json({ message: 'Unauthorized' }, 401);
      if (!party.isConnected) {
        return json({ statusCode: 422, error: 'Session status is not as expected', status: 'SCAN_QR_CODE' }, 422);
      }
      if (textOf(body['text']) === '' || !/^\d{7,15}$/.test(to))
        return json({ statusCode: 400, message: 'Bad Request' }, 400);
      const id = `true_${to}@c.us_${randomBytes(10).toString('hex').toUpperCase()}`;
      return send(gateways, context, { gateway: 'waha', account, to, text: textOf(body['text']), id }, wahaWords);
    })
    .post('/fonnte/send', async (context) => {
      const form = new URLSearchParams(await context.req.text());
      const found = partyWith(gateways, 'fonnte', context.req.header('authorization'));
      if (found === undefined) return fonnteWords.refused('token invalid');
      if (!found.party.isConnected) return fonnteWords.refused('request invalid on disconnected device');
      const [to, text] = [form.get('target') ?? '', form.get('message') ?? ''];
      if (text === '') return fonnteWords.refused('input invalid');
      if (!/^\d{7,15}$/.test(to)) return fonnteWords.refused('target invalid');
      const id = String(randomInt(1e9, 9e9));
      return send(gateways, context, { gateway: 'fonnte', account: found.account, to, text, id }, fonnteWords);
    })
    .post('/wablas/:server/api/v2/send-message', async (context) => {
      const body = await bodyOf(context);
      const found = partyWith(gateways, 'wablas', context.req.header('authorization'));
      if (found === undefined) return wablasWords.refused('token invalid', 401);
      if (!found.party.isConnected) return wablasWords.refused('device disconnected', 500);
      const [message] = Array.isArray(body['data']) ? (body['data'] as Record<string, unknown>[]) : [];
      const [to, text] = [textOf(message?.['phone']), textOf(message?.['message'])];
      if (text === '' || to === '') return wablasWords.refused('phone and message are required', 400);
      return send(
        gateways,
        context,
        { gateway: 'wablas', account: found.account, to, text, id: randomUUID() },
        wablasWords,
      );
    });
}

async function send(gateways: Gateways, context: Context, sending: Sending, words: Words): Promise<Response> {
  const rule = ruleFor(gateways, sending);
  if (rule?.answer === 'hang' || rule?.answer === 'reset') return neverAnswer(context, rule.answer);
  if (rule?.status !== undefined && rule.isTaken !== true) return json({ message: 'Scripted error' }, rule.status);
  if (rule?.reason !== undefined) return words.refused(rule.reason);
  const message = accept(gateways, sending);
  const reported = reportStatuses(gateways, message, rule);
  if (rule?.areEarly === true) await reported;
  if (rule?.status !== undefined) return json({ message: 'Scripted error' }, rule.status);
  if (rule?.answer !== undefined) return neverAnswer(context, rule.answer);
  return words.taken(message);
}

const wahaWords: Words = {
  taken: ({ id, to, text }) =>
    json({ id, timestamp: 0, from: '0@c.us', to: `${to}@c.us`, fromMe: true, body: text, ack: 0 }, 201),
  refused: (reason, status = 400) => json({ statusCode: status, message: reason }, status),
};
const fonnteWords: Words = {
  taken: ({ id, to }) =>
    json({
      detail: 'success! message in queue',
      id: [id],
      process: 'pending',
      requestid: 1,
      status: true,
      target: [to],
    }),
  // Refusals are HTTP 200, too.
  refused: (reason) => json({ reason, status: false }),
};
const wablasWords: Words = {
  taken: ({ id, to, text, account }) =>
    json({
      status: true,
      message: 'Message is pending and waiting to be processed',
      data: { device_id: account, quota: 1000, messages: [{ id, phone: to, message: text, status: 'pending' }] },
    }),
  refused: (reason, status = 400) => json({ status: false, message: reason }, status),
};

function partyWith(
  { parties }: Gateways,
  gateway: GatewayName,
  secret: string | undefined,
): Readonly<{ account: string; party: GatewayParty }> | undefined {
  for (const [key, party] of parties) {
    const [name, account = ''] = key.split(' ');
    if (name === gateway && party.secret === secret) return { account, party };
  }
  return undefined;
}

async function bodyOf(context: Context): Promise<Record<string, unknown>> {
  try {
    return await context.req.json<Record<string, unknown>>();
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}
