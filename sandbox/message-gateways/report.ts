import { createHmac } from 'node:crypto';
import { type GatewayMessage, type GatewayRule, type GatewayStatus, type Gateways, partyKey } from './gateways.ts';

/** Waits before each status, times the time scale. */
const gapsMs: Record<GatewayStatus, number> = { sent: 150, delivered: 500, read: 2000, failed: 500 };
const timeoutMs = 15_000;
const repeatsMax = 5;
const repeatGapMs = 2000;

/** Reports the statuses of a message, one after another, each until it is answered with 2xx. */
export async function reportStatuses(
  gateways: Gateways,
  message: GatewayMessage,
  rule: GatewayRule | undefined,
): Promise<void> {
  for (const status of rule?.statuses ?? (['sent', 'delivered', 'read'] as const)) {
    if (rule?.areEarly !== true) await gateways.scheduler.wait(gapsMs[status] * gateways.settings.timeScale);
    message.statuses.push(status);
    for (const body of statusBodies(message, status)) await callBack(gateways, message, body);
  }
}

/** Signs as the gateway does, and posts until it is accepted. Resolves after the first try. */
export async function callBack(
  gateways: Gateways,
  { gateway, account }: Pick<GatewayMessage, 'gateway' | 'account'>,
  body: unknown,
  tries = 0,
): Promise<void> {
  const party = gateways.parties.get(partyKey(gateway, account));
  if (party?.callbackUrl === undefined) return;
  const text = JSON.stringify(body);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (gateway === 'waha' && party.hmacKey !== undefined) {
    headers['x-webhook-hmac'] = createHmac('sha512', party.hmacKey).update(text).digest('hex');
    headers['x-webhook-hmac-algorithm'] = 'sha512';
  }
  const answer = await gateways.post(party.callbackUrl, headers, text, timeoutMs);
  gateways.journal.append({ kind: 'gateway.called_back', gateway, gatewayAccount: account, answer: answer.status });
  if ((answer.status < 200 || answer.status > 299) && tries < repeatsMax) {
    gateways.scheduler.later(repeatGapMs * gateways.settings.timeScale, () => {
      void callBack(gateways, { gateway, account }, body, tries + 1);
    });
  }
}

const acks: Record<GatewayStatus, number> = { failed: -1, sent: 1, delivered: 2, read: 3 };
const wablasWords: Record<GatewayStatus, string> = {
  sent: 'sent',
  delivered: 'received',
  read: 'read',
  failed: 'cancel',
};

/** The body of the gateway's post about a status, as its documentation shows it. */
function statusBodies({ gateway, account, id, to }: GatewayMessage, status: GatewayStatus): unknown[] {
  switch (gateway) {
    case 'waha':
      return [
        {
          event: 'message.ack',
          session: account,
          engine: 'NOWEB',
          payload: { id, from: `${to}@c.us`, fromMe: true, ack: acks[status], ackName: status.toUpperCase() },
        },
      ];
    case 'wablas':
      return [{ id, phone: to, status: wablasWords[status], note: '', deviceId: account }];
    default: {
      // The first status gives the message its second id; the later ones name only that one.
      const stateid = `state-${id}`;
      if (status === 'sent') return [{ device: account, id, stateid, status: 'sent', state: 'sent' }];
      if (status === 'failed') return [{ device: account, id, stateid: '', status: 'invalid', state: '' }];
      return [{ device: account, id: '', stateid, status: '', state: status }];
    }
  }
}

/** Somebody writes to the account: reports it as the gateway does. */
export function inboundBody(
  { gateway, account }: Pick<GatewayMessage, 'gateway' | 'account'>,
  message: Readonly<{ id: string; from: string; text: string; sentAt: number }>,
): unknown {
  const { id, from, text, sentAt } = message;
  switch (gateway) {
    case 'waha':
      return {
        event: 'message',
        session: account,
        payload: { id: `false_${from}@c.us_${id}`, timestamp: sentAt, from: `${from}@c.us`, fromMe: false, body: text },
      };
    case 'wablas':
      return {
        id,
        phone: from,
        message: text,
        isGroup: false,
        isFromMe: false,
        timestamp: String(sentAt),
        sender: account,
      };
    default:
      return { device: account, sender: from, message: text, name: 'Somebody', inboxid: id, timestamp: sentAt };
  }
}

/** The account's phone connects or is lost; Wablas reports neither. */
export function connectionBody(
  { gateway, account }: Pick<GatewayMessage, 'gateway' | 'account'>,
  isConnected: boolean,
): unknown {
  if (gateway === 'waha') {
    return { event: 'session.status', session: account, payload: { status: isConnected ? 'WORKING' : 'SCAN_QR_CODE' } };
  }
  return { device: account, status: isConnected ? 'connect' : 'disconnect', reason: '' };
}
