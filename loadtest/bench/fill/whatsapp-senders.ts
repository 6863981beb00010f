import { newId } from '../../../src/platform/ids.ts';
import type { Db } from '../../../src/platform/database/db.ts';
import { sealSenderCredentials } from '../../../src/notifications/senders/sender-credentials.ts';
import { senders } from '../../../src/notifications/tables.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { benchEncryptionKey } from '../harness/api-environment.ts';

/** More than one, because each sends at most `messagesPerSecond`, and a bench must not measure that limit. */
const sendersEach = 4;
const messagesPerSecond = 1000;
let made = 0;

/** Gives an organizer numbers of WhatsApp, encrypted with the key of the benches' services. */
export async function insertSenders(db: Db, { organizer }: Pick<TestEvent, 'organizer'>): Promise<void> {
  await db.insert(senders).values(
    Array.from({ length: sendersEach }, () => {
      const id = newId('snd');
      made += 1;
      const secrets = { accessToken: 'bench-access-token', appSecret: 'bench-app-secret', verifyToken: 'bench-verify' };
      return {
        id,
        organizerId: organizer.id,
        kind: 'whatsapp_cloud' as const,
        externalId: String(100_000 + made),
        credentials: sealSenderCredentials(benchEncryptionKey, id, secrets),
        messagesPerSecond,
      };
    }),
  );
}
