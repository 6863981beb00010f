import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buyerCode } from '../../../src/access/buyers/buyer-code.ts';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';
import { readBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { insertVerifications } from '../../../src/access/buyers/verification-lanes.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { newId } from '../../../src/platform/ids.ts';
import {
  type BuyerWorld,
  buyerConfig,
  codeOfAnswer,
  newAddress,
  openBuyers,
  rightCode,
  wrongCode,
} from '../../../testkit/access/buyer-world.ts';
import { createEvent } from '../../../testkit/factories.ts';
import {
  addSender,
  control,
  deliveriesOf,
  inbox,
  whatsappMessages,
} from '../../../testkit/notifications/notification-world.ts';

/**
 * Guards that a place belongs to somebody who can read an email or a phone, and that requesting codes serves nobody
 * else.
 */

let world: BuyerWorld;

beforeAll(async () => {
  world = await openBuyers();
});
beforeEach(async () => {
  await control(world.notifications.sandbox, 'reset', {});
  await world.notifications.db.execute(sql`delete from outbox`);
});
afterAll(async () => {
  await world?.work();
  await world?.close();
});

const ask = (body: Record<string, unknown>, network?: string) => world.process.post('verifications', body, network);
const confirm = (verificationId: unknown, code: string, network?: string) =>
  world.process.post('confirmations', { verificationId, code }, network);
const accountOf = (token: unknown) => readBuyerToken(buyerConfig.QUEUE_TOKEN_SECRET, String(token), new Date());

describe('a buyer with an email', () => {
  it('is mailed a code, and gets a token for a day with it', async () => {
    const email = newAddress();
    const asked = await ask({ email, locale: 'en' });
    expect(asked.status).toBe(202);
    expect(Object.keys(asked.body)).toEqual(['verificationId', 'expiresAt']);
    await world.work();
    const [mail] = await inbox(world.notifications.sandbox, email);
    const code = /\b(\d{3} \d{3})\b/.exec(mail?.text ?? '')?.[1] ?? '';
    expect(mail?.subject).toBe(`${code} is your antre code`);
    expect(mail?.html).toContain(code);
    expect(code.replace(' ', '')).toBe(rightCode(asked.body['verificationId']));

    const confirmed = await confirm(asked.body['verificationId'], code);
    expect(confirmed.status).toBe(200);
    expect(accountOf(confirmed.body['buyerToken'])).toEqual({
      accountKey: buyerKey(buyerConfig.HASH_SECRET, 'email', email),
    });
    const hours = (Date.parse(String(confirmed.body['expiresAt'])) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
  });

  it('gets the mail in Indonesian unless told otherwise, with the organiser of the event', async () => {
    const event = await createEvent(world.notifications.db);
    world.events.set(event.slug, event);
    const email = newAddress();
    await ask({ email, eventSlug: event.slug });
    await world.work();
    const [mail] = await inbox(world.notifications.sandbox, email);
    expect(mail?.subject).toMatch(/^\d{3} \d{3} adalah kode antre Anda$/);
    expect(mail?.html).toContain('Test organizer');
  });

  it('may send the right code again if the answer was lost', async () => {
    const { body } = await ask({ email: newAddress() });
    const first = await confirm(body['verificationId'], rightCode(body['verificationId']));
    const again = await confirm(body['verificationId'], rightCode(body['verificationId']));
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(accountOf(again.body['buyerToken'])).toEqual(accountOf(first.body['buyerToken']));
  });

  it('gets one mail, however often the jobs run', async () => {
    const email = newAddress();
    const { body } = await ask({ email });
    await world.work();
    await world.notifications.db.execute(sql`
      insert into outbox (name, payload)
      values ('buyer.verification_requested', ${JSON.stringify({ verificationId: body['verificationId'] })}::jsonb)`);
    await world.work();
    expect(await inbox(world.notifications.sandbox, email)).toHaveLength(1);
  });

  it('gets no mail once the code is used or expired', async () => {
    const email = newAddress();
    const { body } = await ask({ email });
    await confirm(body['verificationId'], rightCode(body['verificationId']));
    await world.work();
    expect(await inbox(world.notifications.sandbox, email)).toEqual([]);
    const [delivery] = await deliveriesOf(world.notifications.db, String(body['verificationId']));
    expect(delivery).toMatchObject({ status: 'suppressed', failure: 'nothing_to_say', template: 'buyer_code' });
  });
});

describe('a buyer with a phone', () => {
  it('gets the code from the number of the event’s organizer, if there is one', async () => {
    const { db, sandbox } = world.notifications;
    const [event, other] = [await createEvent(db), await createEvent(db)];
    for (const one of [event, other]) world.events.set(one.slug, one);
    await addSender(db, { organizerId: event.organizer.id });
    const phone = '0812-7000-1234';
    const asked = await ask({ phone, eventSlug: event.slug, locale: 'en' });
    expect(asked.status).toBe(202);
    await world.work();
    const [message] = await whatsappMessages(sandbox, '6281270001234');
    const code = rightCode(asked.body['verificationId']);
    expect(message).toMatchObject({ template: 'buyer_code', language: 'en' });
    expect(message?.components.map(({ parameters }) => parameters[0]?.text)).toEqual([code, code]);
    const confirmed = await confirm(asked.body['verificationId'], code);
    expect(accountOf(confirmed.body['buyerToken'])).toEqual({
      accountKey: buyerKey(buyerConfig.HASH_SECRET, 'phone', '+6281270001234'),
    });

    // Another organizer's number is not used, and without an event there is none.
    expect(codeOfAnswer(await ask({ phone, eventSlug: other.slug }))).toBe('409 verification.phone_not_possible');
    expect(codeOfAnswer(await ask({ phone }))).toBe('409 verification.phone_not_possible');
    expect(codeOfAnswer(await ask({ phone, eventSlug: 'nothing-here' }))).toBe('404 event.not_found');
  });
});

describe('a request for a code', () => {
  it.each([
    ['nothing', {}],
    ['both', { email: 'ayu@pembeli.test', phone: '081270001234' }],
    ['no email', { email: 'ayu' }],
    ['two addresses in one', { email: 'ayu@pembeli.test,budi@pembeli.test' }],
    ['a header in the address', { email: 'ayu@pembeli.test\r\nbcc: budi@pembeli.test' }],
    ['no phone', { phone: '12' }],
    ['a language nobody speaks here', { email: 'ayu@pembeli.test', locale: 'xx' }],
    ['an unknown field', { email: 'ayu@pembeli.test', to: 'budi@pembeli.test' }],
  ])('is refused: %s', async (_, body) => {
    expect(codeOfAnswer(await ask(body))).toBe('400 request.invalid');
  });

  it.each(['12345', '1234567', 'abcdef', '１２３４５６', '123456 or 1=1', ''])('is no code: %j', async (code) => {
    expect(codeOfAnswer(await confirm(newId('ver'), code))).toBe('400 request.invalid');
  });
});

describe('a code', () => {
  it('has six digits, all equally likely, and differs for each verification and secret', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 20_000; n += 1) {
      const code = buyerCode('a secret', newId('ver'));
      expect(code).toMatch(/^\d{6}$/);
      for (const [at, digit] of code.split('').entries())
        counts.set(`${at}${digit}`, (counts.get(`${at}${digit}`) ?? 0) + 1);
    }
    // 2,000 of each are expected, give or take 42.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(250);
    const id = newId('ver');
    expect(buyerCode('a secret', id)).toBe(buyerCode('a secret', id));
    expect(buyerCode('a secret', id)).not.toBe(buyerCode('another secret', id));
  });

  it('is refused after five wrong ones, and a wrong code gets the answer of an unknown verification', async () => {
    const { body } = await ask({ email: newAddress() });
    const id = body['verificationId'];
    for (let n = 1; n <= 5; n += 1) {
      const refused = await confirm(id, wrongCode(id, n), `198.51.${n}.0/24`);
      const unknown = await confirm(newId('ver'), wrongCode(id, n), `198.51.${n}.0/24`);
      expect(codeOfAnswer(refused)).toBe('403 verification.refused');
      expect({ ...refused.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    }
    expect(codeOfAnswer(await confirm(id, rightCode(id)))).toBe('403 verification.refused');
  });

  it('is not sent when it would reach its buyer too late to be used, as after a backlog of messages', async () => {
    const addresses = [newAddress(), newAddress()];
    const leftSeconds = [115, 130];
    for (const [at, email] of addresses.entries()) {
      const { body } = await ask({ email });
      await world.notifications.db.execute(sql`
        update buyer_verifications set expires_at = now() + make_interval(secs => ${leftSeconds[at]})
        where id = ${String(body['verificationId'])}`);
    }
    await world.work();
    const mails = await Promise.all(addresses.map((email) => inbox(world.notifications.sandbox, email)));
    expect(mails.map(({ length }) => length)).toEqual([0, 1]);
  });

  it('is refused after ten minutes, and for another verification', async () => {
    const [one, two] = [await ask({ email: newAddress() }), await ask({ email: newAddress() })];
    const [first, second] = [one.body['verificationId'], two.body['verificationId']];
    expect(codeOfAnswer(await confirm(second, rightCode(first)))).toBe('403 verification.refused');
    await world.notifications.db.execute(sql`
      update buyer_verifications set expires_at = now() - interval '1 second' where id = ${String(first)}`);
    expect(codeOfAnswer(await confirm(first, rightCode(first)))).toBe('403 verification.refused');
  });
});

it('writing a verification again, after an unknown commit, stages no second message', async () => {
  const { db } = world.notifications;
  const item = {
    id: newId('ver'),
    channel: 'email' as const,
    accountKey: buyerKey(buyerConfig.HASH_SECRET, 'email', newAddress()),
    targetSealed: 'v1.x',
    locale: 'id' as const,
    organizerId: null,
    eventId: null,
  };
  await insertVerifications(db, [item]);
  await insertVerifications(db, [item, item]);
  const staged = await rowsOf<{ payload: unknown }>(db, sql`select payload from outbox`);
  expect(staged).toEqual([{ payload: { verificationId: item.id } }]);
  await db.execute(sql`delete from buyer_verifications where target_sealed = 'v1.x'`);
  await db.execute(sql`delete from outbox`);
});
