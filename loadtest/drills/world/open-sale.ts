import { demoWhatsappSender } from '../../../sandbox/demo-accounts.ts';
import { sealSenderCredentials } from '../../../src/notifications/senders/sender-credentials.ts';
import { senders } from '../../../src/notifications/tables.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { benchEncryptionKey } from '../../bench/harness/api-environment.ts';
import { insertPaymentAccount } from '../../bench/fill/payment-account.ts';
import type { DrillWorld } from './world.ts';

const capacity = 1_000_000;
const holdSeconds = 3600;
/** Beyond every rate of the drills, so that the sender is never the bottleneck. */
const messagesPerSecond = 1000;

/** An event on sale whose organizer has an account at the gateway and a WhatsApp sender. */
export async function openSale({ owner: { db } }: Pick<DrillWorld, 'owner'>): Promise<TestEvent> {
  const sale = await createEvent(db, { event: { holdSeconds }, categories: [{ capacity }, { capacity }] });
  await insertPaymentAccount(db, sale);
  const id = newId('snd');
  const { phoneNumberId, accessToken, appSecret, verifyToken } = demoWhatsappSender;
  await db.insert(senders).values({
    id,
    organizerId: sale.organizer.id,
    kind: 'whatsapp_cloud',
    externalId: phoneNumberId,
    credentials: sealSenderCredentials(benchEncryptionKey, id, { accessToken, appSecret, verifyToken }),
    messagesPerSecond,
  });
  return sale;
}
