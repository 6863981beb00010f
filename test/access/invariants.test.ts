import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessInvariants } from '../../src/access/invariants.ts';
import { purgeEndedAccess } from '../../src/access/purge-ended-access.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  aMember,
  anOrganizer,
  openAccessWorld,
} from '../../testkit/access/access-world.ts';
import { silentLog } from '../../testkit/processes/worker.ts';

/** Guards that each invariant holds after ordinary work, and names the row that breaks it. */
describe('invariants of access', () => {
  let world: AccessWorld;
  let organizer: OrganizerWorld;
  let owner: postgres.Sql;

  beforeAll(async () => {
    world = await openAccessWorld();
    organizer = await anOrganizer(world);
    owner = postgres(world.database.directUrl, { max: 1, onnotice: () => {} });
  });
  afterAll(async () => {
    await owner?.end();
    await world?.close();
  });

  const broken = async () => {
    const found: Record<string, string[]> = {};
    for (const invariant of accessInvariants) {
      const sentences = await invariant.find(world.open.db);
      if (sentences.length > 0) found[invariant.name] = sentences;
    }
    return found;
  };

  it('hold after ordinary work', async () => {
    await aMember(world, organizer, 'door');
    expect(await broken()).toEqual({});
  });

  it('name active staff without an accepted password hash', async () => {
    const { id } = await aMember(world, organizer, 'door');
    await owner`update staff set password_hash = 'secret' where id = ${id}`;
    expect(await broken()).toEqual({
      'access.active_staff_has_password': [`staff ${id} is active without a password hash`],
    });
    await owner`update sessions set ended_at = now() where staff_id = ${id}`;
    await owner`update staff set status = 'disabled', password_hash = null where id = ${id}`;
  });

  it('name a session and a password of a disabled member', async () => {
    const { id } = await aMember(world, organizer, 'door');
    await owner`update staff set status = 'disabled' where id = ${id}`;
    const [session] = await owner<{ id: string }[]>`select id from sessions where staff_id = ${id}`;
    expect(await broken()).toEqual({
      'access.disabled_staff_is_out': [
        `session ${session?.id} of disabled staff ${id} is live`,
        `staff ${id} is disabled and has a password`,
      ],
    });
    await owner`update staff set status = 'active' where id = ${id}`;
  });

  it('name a session without end', async () => {
    const { id } = await aMember(world, organizer, 'door');
    const [session] = await owner<{ id: string }[]>`
      update sessions set expires_at = created_at + interval '2 years' where staff_id = ${id} returning id`;
    expect(await broken()).toEqual({ 'access.sessions_end': [`session ${session?.id} lives longer than 12 hours`] });
    await owner`update sessions set expires_at = now() where staff_id = ${id}`;
  });

  it('name an organiser that nobody owns', async () => {
    await owner`update staff set role = 'manager' where id = ${organizer.ownerId}`;
    expect(await broken()).toEqual({ 'access.organizer_has_owner': [`organizer ${organizer.id} has no owner`] });
    await owner`update staff set role = 'owner' where id = ${organizer.ownerId}`;
  });

  it('name a link that is still open after its time', async () => {
    const { id } = await aMember(world, organizer, 'door');
    await owner`insert into staff_tokens (id, staff_id, purpose, expires_at) values ('tok_1', ${id}, 'invitation', now() + interval '1 hour')`;
    expect(await broken()).toEqual({
      'access.links_of_members': [`link tok_1 (invitation) is open for active staff ${id}`],
    });
    await owner`delete from staff_tokens where id = 'tok_1'`;
  });

  it('stay true when old ended rows are purged, and no live row is purged', async () => {
    const { id, token } = await aMember(world, organizer, 'door');
    await owner`
      insert into sessions (id, staff_id, created_at, expires_at, ended_at)
      select 'ses_old' || n, ${id}, now() - interval '40 days', now() - interval '39 days', null from generate_series(1, 2500) n`;
    await owner`insert into staff_tokens (id, staff_id, purpose, expires_at) values ('tok_old', ${id}, 'invitation', now() - interval '40 days')`;
    expect(await purgeEndedAccess({ db: world.open.db, log: silentLog })).toBe(2501);
    expect(await purgeEndedAccess({ db: world.open.db, log: silentLog })).toBe(0);
    expect(await rowsOf(world.open.db, sql`select 1 from sessions where staff_id = ${id}`)).toHaveLength(1);
    expect(await world.deps.actors.of(token)).toBeDefined();
    expect(await broken()).toEqual({});
  });

  it('stay true for rows that are purged beside others that cannot be', async () => {
    const { id } = await aMember(world, organizer, 'door');
    for (const table of ['buyer_verifications', 'sessions']) {
      await owner`insert into staff_tokens (id, staff_id, purpose, expires_at) values ('tok_older', ${id}, 'invitation', now() - interval '40 days')`;
      await owner`alter table ${owner(table)} rename to away`;
      try {
        await expect(purgeEndedAccess({ db: world.open.db, log: silentLog })).rejects.toThrow();
      } finally {
        await owner`alter table away rename to ${owner(table)}`;
      }
      expect([...(await owner`select from staff_tokens where id = 'tok_older'`)], table).toEqual([]);
    }
  });
});
