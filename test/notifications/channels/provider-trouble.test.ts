import { describe, expect, test } from 'vitest';
import { createEmailChannel } from '../../../src/notifications/channels/email.ts';
import { createWhatsappChannel } from '../../../src/notifications/channels/whatsapp/whatsapp-channel.ts';
import type { SendResult } from '../../../src/notifications/channel.ts';
import { createCallGuard } from '../../../src/platform/resilience/call-guard.ts';
import { createRetryBudget, retryBudgetDefaults } from '../../../src/platform/resilience/retry-budget.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { ownInvalidations } from '../../../src/platform/invalidation/invalidations.ts';
import { createOrganizer } from '../../../testkit/factories.ts';
import {
  addSender,
  control,
  mailOptions,
  notificationConfig,
  sandboxProviders,
} from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/**
 * Guards that the circuit of a mail server or a number in trouble opens and is probed, that calls that were not made
 * cost no try, and that repetitions are a tenth of the calls while it fails.
 */

const pauseMs = 300;
const world = await useNotifications();

const mail = { subject: 'Tiket', text: 'Tiket', html: '<p>Tiket</p>', attachments: [] };
let made = 0;

function mailer(budget = retryBudgetDefaults) {
  const openBudget = () => createRetryBudget(budget);
  const guard = createCallGuard({ toward: 'email', pauseMs, openBudget });
  const channel = createEmailChannel({ ...mailOptions(world.sandbox.smtpUrl), guard });
  const send = (tries = 1): Promise<SendResult> => {
    made += 1;
    const to = { name: 'Ayu', address: `ayu.${made}@example.test` };
    return channel.send({ deliveryId: `DLV${made}`, tries, stream: 'tickets', to, mail }, AbortSignal.timeout(20_000));
  };
  return { send, close: () => channel.close() };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isUntried = (result: SendResult) => result.kind === 'later' && result.failure === 'circuit_open';

describe('a mail server', () => {
  test('that drops connections opens its circuit, is probed, and is used again when it is back', async () => {
    const { send, close } = mailer();
    await control(world.sandbox, 'smtp/rules', { match: {}, stage: 'mail', answer: 'drop' });
    for (let tries = 0; tries < 5; tries += 1) expect((await send()).kind).toBe('later');
    const openedAt = performance.now();
    let [tried, untried] = [0, 0];
    // A busy machine needs longer for fifty.
    while (performance.now() - openedAt < 4 * pauseMs || untried <= 50) {
      const result = await send();
      if (isUntried(result)) untried += 1;
      else tried += 1;
      if (result.kind === 'later' && isUntried(result)) expect(result.unspent).toBe(true);
      await pause(2);
    }
    expect(tried).toBeLessThanOrEqual(Math.ceil((performance.now() - openedAt) / pauseMs));
    await control(world.sandbox, 'reset', {});
    await pause(pauseMs + 50);
    expect((await send()).kind).toBe('accepted');
    expect((await send(2)).kind).toBe('accepted');
    await close();
  });

  test('that defers mail for one mailbox does not open the circuit', async () => {
    const { send, close } = mailer();
    await control(world.sandbox, 'smtp/rules', { match: {}, stage: 'rcpt', answer: 450 });
    for (let tries = 0; tries < 12; tries += 1) expect(await send()).toMatchObject({ failure: 'smtp_450' });
    await close();
  });

  test('that fails nearly half of its mails gets only a tenth as many retries', async () => {
    // Without what the budget gains by time alone, of which a busy machine takes more.
    const { send, close } = mailer({ ...retryBudgetDefaults, perSecondMin: 0 });
    await control(world.sandbox, 'smtp/rules', { match: {}, stage: 'data', answer: 421, probability: 0.4 });
    let [firsts, repeats] = [0, 0];
    for (let round = 0; round < 400; round += 1) {
      firsts += isUntried(await send()) ? 0 : 1;
      for (let impatient = 0; impatient < 3; impatient += 1) repeats += isUntried(await send(2)) ? 0 : 1;
    }
    expect(repeats).toBeLessThanOrEqual(firsts * 0.1 + 40);
    await close();
  });
});

describe('a number that sends', () => {
  test('opens its circuit while the API hangs or fails; another one does not repeat messages that may have left', async () => {
    await control(world.sandbox, 'whatsapp/rules', { match: {}, answer: 'reset' });
    const { id: organizerId } = await createOrganizer(world.db);
    await addSender(world.db);
    const redis = openCacheRedis(world.redis.cacheUrl, silentLog);
    await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
    const channel = createWhatsappChannel({
      db: world.db,
      redis,
      log: silentLog,
      invalidations: ownInvalidations(),
      config: { ...notificationConfig, ...sandboxProviders(world.sandbox.url) },
      circuitPauseMs: pauseMs,
    });
    const send = (tries = 1) =>
      channel.send(
        {
          deliveryId: `DLV${(made += 1)}`,
          organizerId,
          recipientKey: 'somebody',
          lastSenderId: null,
          to: '6281200000001',
          tries,
          message: { template: 'ticket_issued', locale: 'id', bodyParameters: [] },
        },
        AbortSignal.timeout(20_000),
      );
    for (let tries = 0; tries < 5; tries += 1) expect((await send()).kind).toBe('unknown');
    const until = performance.now() + 3 * pauseMs;
    let tried = 0;
    while (performance.now() < until) {
      const result = await send();
      if (!isUntried(result)) tried += 1;
      await pause(2);
    }
    expect(tried).toBeLessThanOrEqual(3);
    await control(world.sandbox, 'reset', {});
    await pause(pauseMs + 50);
    expect((await send()).kind).toBe('accepted');
    redis.disconnect();
  });
});
