import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tryConfirmations } from '../../../src/access/buyers/verification-lanes.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { newId } from '../../../src/platform/ids.ts';
import {
  type BuyerWorld,
  codeOfAnswer,
  newAddress,
  openBuyers,
  rightCode,
  wrongCode,
} from '../../../testkit/access/buyer-world.ts';
import { inbox } from '../../../testkit/notifications/notification-world.ts';
import { openWorkDb } from '../../../testkit/processes/worker.ts';

/**
 * Attackers of codes: they guess them (S42), from many networks and processes (S11), ask who is known (S47), bomb a
 * mailbox or a budget (S36).
 */

let world: BuyerWorld;

beforeAll(async () => {
  world = await openBuyers();
});
beforeEach(async () => {
  await world.notifications.db.execute(sql`delete from outbox`);
});
afterAll(() => world?.close());

const network = (n: number) => `198.51.${n}.0/24`;
const stagedCodes = async () =>
  (await rowsOf(world.notifications.db, sql`select from outbox where name = 'buyer.verification_requested'`)).length;
const triesOf = async (id: unknown) =>
  (
    await rowsOf<{ tries: number }>(
      world.notifications.db,
      sql`select tries from buyer_verifications where id = ${String(id)}`,
    )
  )[0]?.tries;

describe('guessing one code', () => {
  it('from a hundred networks at two processes at once: five guesses count, and then nothing helps', async () => {
    const two = await world.anotherProcess();
    const { body } = await world.process.post('verifications', { email: newAddress() });
    const id = body['verificationId'];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        (n % 2 === 0 ? world.process : two).post(
          'confirmations',
          { verificationId: id, code: wrongCode(id, n + 1) },
          network(n),
        ),
      ),
    );
    expect(new Set(answers.map(codeOfAnswer))).toEqual(new Set(['403 verification.refused']));
    expect(await triesOf(id)).toBe(5);
    for (const process of [world.process, two]) {
      const answer = await process.post('confirmations', { verificationId: id, code: rightCode(id) }, network(200));
      expect(codeOfAnswer(answer)).toBe('403 verification.refused');
    }
  });

  /** Counts as a naive program would: it reads first, and writes later. */
  const lookThenWrite = async (db: Db, id: string): Promise<void> => {
    const [seen] = await rowsOf<{ tries: number }>(db, sql`select tries from buyer_verifications where id = ${id}`);
    if (seen === undefined || seen.tries >= 5) return;
    await db.execute(sql`update buyer_verifications set tries = ${seen.tries + 1} where id = ${id}`);
  };

  it('control: with a count that is read and then written, eight wrong guesses at once do not use up the tries', async () => {
    const open = openWorkDb(world.notifications.database.url, 8);
    try {
      const after = async (count: (id: string) => Promise<unknown>) => {
        const { body } = await world.process.post('verifications', { email: newAddress() });
        const id = String(body['verificationId']);
        await Promise.all(Array.from({ length: 8 }, () => count(id)));
        return { tries: await triesOf(id), confirmed: await tryConfirmations(open.db, [{ id, isRight: true }]) };
      };
      await Promise.all(Array.from({ length: 8 }, () => open.db.execute(sql`select 1`)));
      const guarded = await after((id) => tryConfirmations(open.db, [{ id, isRight: false }]));
      expect([guarded.tries, guarded.confirmed.size]).toEqual([5, 0]);
      const control = await after((id) => lookThenWrite(open.db, id));
      expect(control.tries).toBeLessThan(5);
      expect(control.confirmed.size).toBe(1);
    } finally {
      await open.close();
    }
  });

  it('over many verifications from one network: thirty wrong codes a minute, and other networks are not affected', async () => {
    const one = await world.anotherProcess();
    const here = '192.0.2.0/24';
    const guess = () => one.post('confirmations', { verificationId: newId('ver'), code: '123456' }, here);
    for (let n = 0; n < 30; n += 1) expect(codeOfAnswer(await guess())).toBe('403 verification.refused');
    const refused = [await guess(), await guess()].at(-1);
    expect(refused && codeOfAnswer(refused)).toBe('429 verification.limited');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    const { body } = await one.post('verifications', { email: newAddress() });
    const id = body['verificationId'];
    expect((await one.post('confirmations', { verificationId: id, code: rightCode(id) }, network(1))).status).toBe(200);
    // The right code is refused there, too: a guess must not be distinguishable from a limit.
    expect(codeOfAnswer(await one.post('confirmations', { verificationId: id, code: rightCode(id) }, here))).toBe(
      '429 verification.limited',
    );
  });
});

describe('asking whether an address is known', () => {
  it('gets the same answer for a confirmed, a suppressed and an unknown address', async () => {
    const { db } = world.notifications;
    const [known, suppressed, unseen] = [newAddress(), newAddress(), newAddress()];
    const { body } = await world.process.post('verifications', { email: known });
    const id = body['verificationId'];
    await world.process.post('confirmations', { verificationId: id, code: rightCode(id) });
    await world.process.post('verifications', { email: suppressed }, network(1));
    await db.execute(sql`
      insert into suppressions (channel, recipient_key, reason)
      select 'email', account_key, 'no_such_mailbox' from buyer_verifications order by created_at desc limit 1`);
    const shapes = [];
    for (const email of [known, suppressed, unseen]) {
      const answer = await world.process.post('verifications', { email }, network(2));
      const { verificationId, expiresAt, ...more } = answer.body;
      expect(String(verificationId)).toMatch(/^ver_[0-9A-HJKMNP-TV-Z]{20}$/);
      expect(Date.parse(String(expiresAt)) - Date.now()).toBeGreaterThan(590_000);
      shapes.push({ status: answer.status, more, names: [...answer.headers.keys()].sort() });
    }
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
  });
});

describe('flooding a mailbox with codes', () => {
  it('one mailbox from one network: three codes, however the address is spelt, then 429', async () => {
    const box = `korban${process.pid}`;
    const spellings = [`${box}@gmail.com`, `${box.toUpperCase()}@gmail.com`, `${box}+1@googlemail.com`];
    for (const email of spellings) expect((await world.process.post('verifications', { email })).status).toBe(202);
    const email = `${box[0]}.${box.slice(1)}+x@gmail.com`;
    const refused = await world.process.post('verifications', { email });
    expect(codeOfAnswer(refused)).toBe('429 verification.limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await stagedCodes()).toBe(3);
    // The owner, elsewhere, still gets a code.
    expect((await world.process.post('verifications', { email: `${box}@gmail.com` }, network(9))).status).toBe(202);
    expect(await stagedCodes()).toBe(4);
  });

  it('one mailbox from many networks: a bounded number of codes; a client without a code is told so, and the owner’s known client gets one', async () => {
    const email = newAddress();
    // The owner has confirmed the address before, from elsewhere.
    const first = await world.process.post('verifications', { email }, network(250));
    const id = first.body['verificationId'];
    const { knownClientToken } = (
      await world.process.post('confirmations', { verificationId: id, code: rightCode(id) })
    ).body;
    const answers = [];
    const two = await world.anotherProcess();
    // Over two processes, which count together; two tries from each network.
    for (let n = 0; n < 60; n += 1) {
      answers.push(
        await (n % 2 === 0 ? world.process : two).post('verifications', { email }, network(20 + Math.floor(n / 2))),
      );
    }
    const refused = answers.filter(({ status }) => status !== 202);
    expect(new Set(refused.map(codeOfAnswer))).toEqual(new Set(['429 verification.limited']));
    for (const answer of refused) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    // The owner's first try and 14 others, plus the tries that everybody shares in a quarter of an hour.
    expect(60 - refused.length).toBe(14 + 10);
    expect(await stagedCodes()).toBe(15 + 10);
    expect(codeOfAnswer(await two.post('verifications', { email }, network(240)))).toBe('429 verification.limited');
    expect((await two.post('verifications', { email, knownClientToken }, network(240))).status).toBe(202);
    // Somebody else's token, or one that is not ours, counts as none.
    const others = await world.process.post('verifications', { email: newAddress() }, network(249));
    const otherId = others.body['verificationId'];
    const other = await world.process.post('confirmations', { verificationId: otherId, code: rightCode(otherId) });
    for (const token of [other.body['knownClientToken'], `${String(knownClientToken)}x`, 'x']) {
      expect(codeOfAnswer(await two.post('verifications', { email, knownClientToken: token }, network(241)))).toBe(
        '429 verification.limited',
      );
    }
    await world.work();
    // The owner's first code was used before it was sent.
    expect(await inbox(world.notifications.sandbox, email)).toHaveLength(14 + 10 + 1);
  });

  it('all clients together: the budget holds, with 503 and Retry-After', async () => {
    const poor = await world.anotherProcess({ budget: 5 });
    const answers = [];
    for (let n = 0; n < 8; n += 1)
      answers.push(await poor.post('verifications', { email: newAddress() }, network(n + 60)));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThanOrEqual(3);
    for (const answer of refused) {
      expect(codeOfAnswer(answer)).toBe('503 service.overloaded');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await stagedCodes()).toBe(8 - refused.length);
  });
});
