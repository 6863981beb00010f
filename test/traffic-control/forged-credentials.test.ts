import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { orderAccessToken, waitingAccessToken } from '../../src/access/index.ts';
import { ticketAccessToken } from '../../src/access/buyers/ticket-token.ts';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { transaction } from '../../src/platform/database/db.ts';
import { registry } from '../../src/platform/metrics.ts';
import { readOperations } from '../../testkit/security/operations.ts';
import { ruleOf } from '../../src/traffic-control/route-rules.ts';
import { useSeenClasses } from './support/seen-classes.ts';

/**
 * Guards that only a route has a class: requests that no route serves, and requests with a made-up credential, have the
 * lowest one, are limited, and cost no query. All routes of the router are tried.
 */

const classified = useSeenClasses();
const { addressOf, ask } = classified;

/** What credentials and links are looked up in. While it is locked, no query about one is answered. */
const lookedUp = sql`lock table organizers, events, staff, sessions, api_keys, devices, orders, tickets, waiting_entries in access exclusive mode`;

describe('a forged credential', () => {
  const made = newCredential('apiKey', { ENCRYPTION_KEY: 'ab'.repeat(32) }).text;
  const ofOthers = newCredential('apiKey', { ENCRYPTION_KEY: 'cd'.repeat(32) }).text;
  const changed = `${made.slice(0, 20)}${made.at(20) === 'A' ? 'B' : 'A'}${made.slice(21)}`;
  const unsigned = (header: object) =>
    `${[header, { sid: 'ses_00000000000000000000' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${'A'.repeat(43)}`;
  const inventions: Record<string, string | undefined> = {
    'none at all': undefined,
    'of another scheme': 'Basic dXNlcjpwYXNzd29yZA==',
    'a word': 'Bearer password-password',
    'a key without a mark': `Bearer antre_key_${'A'.repeat(43)}`,
    'a key with a mark of the right length': `Bearer antre_key_${'A'.repeat(65)}`,
    'a device with a mark of the right length': `Bearer antre_device_${'A'.repeat(65)}`,
    'a key of ours, changed': `Bearer ${changed}`,
    'a key of ours, cut': `Bearer ${made.slice(0, -1)}`,
    'a key of ours as a device': `Bearer ${made.replace('_key_', '_device_')}`,
    'a key made with another secret': `Bearer ${ofOthers}`,
    'a session signed with nothing': `Bearer ${unsigned({ alg: 'HS256', typ: 'antre-session+jwt' })}`,
    'a session that wants no signature': `Bearer ${unsigned({ alg: 'none' })}`,
    'the token of another order': `Bearer ${orderAccessToken('test-only-order-token-secret-0123456789', `ord_${'8'.repeat(28)}`, 1)}`,
  };

  it('lends no importance: each operation for the holder of a link asks for it in its class', () => {
    const ofLinks = readOperations().filter(({ kinds }) =>
      kinds.some((kind) => /^(?:order|ticket|waiting)Token$/.test(kind)),
    );
    expect(ofLinks.length).toBeGreaterThan(15);
    const open = ofLinks.filter(({ method, path }) => ruleOf(method, path).bearer === undefined);
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  it('is not the one of a holder: the own link has the class of its route', async () => {
    const { ORDER_TOKEN_SECRET } = classified.world.service.config;
    const [ticketId, entryId] = [`tkt_${'7'.repeat(28)}001`, `wtl_${'7'.repeat(28)}`];
    const classOf = async (path: string, token: string) => {
      await ask('GET', path, { authorization: `Bearer ${token}` });
      return classified.seen?.class;
    };
    const [ticket, waiting] = [
      ticketAccessToken(ORDER_TOKEN_SECRET, ticketId, 1),
      waitingAccessToken(ORDER_TOKEN_SECRET, entryId),
    ];
    expect(await classOf(`/v1/tickets/${ticketId}`, ticket)).toBe(1);
    expect(await classOf(`/v1/waiting-list/${entryId}`, waiting)).toBe(3);
    expect(await classOf(`/v1/tickets/${ticketId}`, waiting)).toBe(5);
    expect(await classOf(`/v1/waiting-list/${entryId}`, ticket)).toBe(5);
  });

  it.each(Object.entries(inventions))(
    'is refused on every route without a query, in the lowest class: %s',
    async (_what, authorization) => {
      const guarded = classified.routes.filter(
        ({ method, template }) =>
          ruleOf(method, template).bearer !== undefined || template.startsWith('/v1/organizers/'),
      );
      expect(guarded.length).toBeGreaterThan(40);
      await transaction(classified.world.service.db, async (tx) => {
        await tx.execute(lookedUp);
        for (const { method, template } of guarded) {
          const { status } = await ask(
            method,
            addressOf(template),
            authorization === undefined ? {} : { authorization },
          );
          expect([method, template, status]).toEqual([method, template, expect.toBeOneOf([400, 401, 404, 415])]);
          expect([method, template, classified.seen?.class]).toEqual([method, template, 5]);
        }
      });
    },
  );

  it('is distinguished from an ended credential, which costs one query and is then cached', async () => {
    const lookUps = async () => {
      const { values } = (await registry.getSingleMetric('antre_credential_lookups_total')?.get()) ?? { values: [] };
      return values.find(({ labels }) => (labels as { from?: string }).from === 'database')?.value ?? 0;
    };
    const before = await lookUps();
    for (let time = 0; time < 20; time += 1) {
      const { status } = await ask('POST', '/v1/check-ins', { authorization: `Bearer ${made}` });
      expect([status, classified.seen?.class]).toEqual([401, 1]);
    }
    expect((await lookUps()) - before).toBe(1);
  });
});
