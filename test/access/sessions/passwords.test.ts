import { describe, expect, it } from 'vitest';
import { createPasswords } from '../../../src/access/sessions/passwords.ts';
import { DomainError } from '../../../src/platform/errors.ts';

const triesMax = 12;

/** Tries again as the refusal asks: the helper has a low priority, and on a machine that is busy with other tests its 200 ms of work may be late. */
async function unlessBusy<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'service.busy' || tries === triesMax) throw error;
    }
  }
}

/** Guards that stored passwords are slow to guess, and that a flood of sign-ins is refused, not queued without end. */
describe('passwords', () => {
  const cheap = createPasswords({ ln: 4, r: 8, p: 1 });

  it('are stored with the cost, a fresh salt and a hash, never in clear', async () => {
    const [first, second] = [await cheap.hash('rahasia besar'), await cheap.hash('rahasia besar')];
    expect(first).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(first).not.toBe(second);
  });

  it('are stored at a cost of 32 MiB and three rounds', { timeout: 120_000 }, async () => {
    const passwords = createPasswords();
    const hash = await unlessBusy(() => passwords.hash('rahasia besar'));
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    await passwords.close();
  });

  it('are checked at the cost that was stored with them', async () => {
    const stored = await createPasswords({ ln: 6, r: 4, p: 2 }).hash('rahasia besar');
    expect(await cheap.verify('rahasia besar', stored)).toBe(true);
    expect(await cheap.verify('rahasia besaR', stored)).toBe(false);
    expect(await cheap.verify('', stored)).toBe(false);
  });

  it('are equal in every Unicode spelling of the same letters', async () => {
    expect(await cheap.verify('cafe\u0301 senja', await cheap.hash('caf\u00e9 senja'))).toBe(true);
  });

  it.each([
    null,
    '',
    'plain text',
    '$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('are never right for a stored value that is no hash: %j', async (stored) => {
    expect(await cheap.verify('rahasia besar', stored)).toBe(false);
  });

  it.each(['x', null])('are refused with Retry-After when too many checks wait; compared with %j', async (known) => {
    const stored = known === null ? null : await createPasswords({ ln: 12, r: 8, p: 1 }).hash(known);
    const busy = createPasswords({ ln: 12, r: 8, p: 1 });
    const results = await Promise.allSettled(Array.from({ length: 90 }, () => busy.verify('x', stored)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBe(90 - 1 - 32);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'service.busy', details: { work: 'password' }, retryAfterSeconds: 3 });
  });
});
