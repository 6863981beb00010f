import type { GatewayName } from '../../sandbox/message-gateways/gateway-party.ts';
import type { GatewayMessage } from '../../sandbox/message-gateways/gateways.ts';
import { notifyOrder } from '../../src/notifications/notices/notify.ts';
import { sealSenderCredentials } from '../../src/notifications/senders/sender-credentials.ts';
import { senders } from '../../src/notifications/tables.ts';
import { newId } from '../../src/platform/ids.ts';
import { type TestEvent, createEvent, createOrganizer, someBuyer } from '../factories.ts';
import { type Notifications, deliveriesOf, notificationConfig, paidOrder } from './notification-world.ts';

export type GatewaySender = {
  readonly id: string;
  readonly kind: GatewayName;
  readonly account: string;
  readonly hmacKey: string;
  readonly callbackKey: string;
  /** With the key of those that sign nothing. */
  readonly callbackUrl: string;
};

let made = 0;

/** A sender of one of the gateways, known to the service and to the sandbox. */
export async function addGatewaySender(
  world: Notifications,
  kind: GatewayName,
  options: {
    organizerId?: string | null;
    weight?: number;
    messagesPerSecond?: number;
    dailyCap?: number | null;
    warmUpFrom?: number | null;
    /** Credentials that the sandbox refuses. */
    secret?: string;
    /** Removes the account from the sandbox. */
    isUnknown?: boolean;
  } = {},
): Promise<GatewaySender> {
  made += 1;
  const account = kind === 'waha' ? `session-${made}` : `6281100${String(made).padStart(5, '0')}`;
  const secret = `secret-of-${kind}-${made}`;
  const hmacKey = `hmac-key-of-${made}`;
  const callbackKey = `callback-key-of-${made}`.padEnd(40, 'x');
  const id = newId('snd');
  const callbackUrl = `${world.callbackUrl}/${kind}/${id}${kind === 'waha' ? '' : `?key=${callbackKey}`}`;
  const given = options.secret ?? secret;
  const credentials = {
    waha: { apiKey: given, hmacKey },
    fonnte: { token: given, callbackKey },
    wablas: { server: 'solo', token: given, callbackKey },
  }[kind];
  await world.db.insert(senders).values({
    id,
    organizerId: options.organizerId ?? null,
    kind,
    externalId: kind === 'waha' ? `${account}@sandbox` : account,
    credentials: sealSenderCredentials(notificationConfig.ENCRYPTION_KEY, id, credentials),
    weight: options.weight ?? 100,
    messagesPerSecond: options.messagesPerSecond ?? 1000,
    dailyCap: options.dailyCap ?? null,
    warmUpFrom: options.warmUpFrom ?? null,
  });
  if (options.isUnknown !== true) {
    await putParty(world, { kind, account }, { secret, hmacKey, callbackUrl });
  }
  return { id, kind, account, hmacKey, callbackKey, callbackUrl };
}

/** A sender of an organiser of its own, with an event of that organiser. */
export async function ownGatewaySender(
  world: Notifications,
  kind: GatewayName,
  options: Parameters<typeof addGatewaySender>[2] = {},
) {
  const organizer = await createOrganizer(world.db);
  const event = await createEvent(world.db, { organizer });
  const sender = await addGatewaySender(world, kind, { organizerId: organizer.id, ...options });
  return { sender, event, organizer };
}

async function putParty(
  world: Notifications,
  { kind, account }: { kind: GatewayName; account: string },
  party: object,
): Promise<void> {
  const response = await fetch(`${world.sandbox.url}/control/gateways/${kind}/${account}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(party),
  });
  if (!response.ok) throw new Error(`the sandbox refuses the account: ${response.status} ${await response.text()}`);
}

/** The messages that a gateway has accepted, newest first. */
export async function gatewayMessages(
  world: Notifications,
  query: { to?: string; account?: string },
): Promise<GatewayMessage[]> {
  const answer = await fetch(`${world.sandbox.url}/gateways/messages?${new URLSearchParams(query).toString()}`);
  return ((await answer.json()) as { data: GatewayMessage[] }).data;
}

/** A paid order whose WhatsApp message waits to be sent. */
export async function queuedMessage(world: Notifications, options: { event?: TestEvent; phone?: string } = {}) {
  const buyer = { ...someBuyer(), ...(options.phone === undefined ? {} : { phone: options.phone }) };
  const paid = await paidOrder(world, { buyer, ...(options.event === undefined ? {} : { event: options.event }) });
  await notifyOrder(world.deps, 'tickets', paid);
  const now = async () => {
    const found = (await deliveriesOf(world.db, paid.orderId)).find(({ channel }) => channel === 'whatsapp');
    if (found === undefined) throw new Error('no WhatsApp delivery');
    return found;
  };
  return { ...paid, buyer, deliveryId: (await now()).id, to: buyer.phone.replace('+', ''), now };
}
