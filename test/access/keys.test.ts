import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rememberedMs } from '../../src/access/actors.ts';
import { sha256 } from '../../src/platform/crypto.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  aMember,
  anOrganizer,
  auditOf,
  bodyOf,
  codeOf,
  openAccessWorld,
} from '../../testkit/access/access-world.ts';
import { createEvent } from '../../testkit/factories.ts';

/** Guards keys of programs and door hardware: shown once, kept as hashes, ended for good, never another organiser's. */
describe('API keys and devices', () => {
  let world: AccessWorld;
  let organizer: OrganizerWorld;
  let stranger: OrganizerWorld;
  let eventId: string;
  let foreignEventId: string;

  beforeAll(async () => {
    world = await openAccessWorld();
    organizer = await anOrganizer(world);
    stranger = await anOrganizer(world);
    eventId = (await createEvent(world.open.db, { organizer })).id;
    foreignEventId = (await createEvent(world.open.db, { organizer: stranger })).id;
  });
  afterAll(() => world?.close());

  const path = (rest: string, slug = organizer.slug) => `/v1/organizers/${slug}${rest}`;
  const createKey = async (role = 'manager', as = organizer.owner) => {
    const response = await world.request('POST', path('/api-keys'), {
      as,
      body: { name: 'Kasir', role, scopes: ['team', 'check_in'].slice(role === 'door' ? 1 : 0) },
    });
    return { response, body: await bodyOf<{ id: string; key: string; code?: string }>(response) };
  };
  const createDevice = async (event = eventId) => {
    const response = await world.request('POST', path('/devices'), {
      as: organizer.owner,
      body: { eventId: event, name: 'Pemindai 1' },
    });
    return { response, body: await bodyOf<{ id: string; token: string; code?: string }>(response) };
  };
  const whoIs = (as: string) => world.request('GET', '/v1/sessions/current', { as });

  it('shows an API key once and keeps its hash', async () => {
    const { response, body } = await createKey();
    expect(response.status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'Kasir',
      role: 'manager',
      scopes: ['team', 'check_in'],
      key: expect.stringMatching(/^antre_key_[\w-]{65}$/),
      createdBy: organizer.ownerId,
      createdAt: expect.any(String),
      endedAt: null,
    });
    const [row] = await rowsOf<{ key_hash: Buffer }>(
      world.open.db,
      sql`select key_hash from api_keys where id = ${body.id}`,
    );
    expect(row?.key_hash.equals(sha256(body.key))).toBe(true);
    const list = await (await world.request('GET', path('/api-keys'), { as: organizer.owner })).text();
    expect(list).toContain(body.id);
    expect(list).not.toContain(body.key);
    expect(list).not.toContain('hash');
    expect(await auditOf(world, body.id)).toMatchObject([
      { act: 'api_key.created', changes: { role: 'manager', scopes: ['team', 'check_in'] } },
    ]);
    expect(JSON.stringify(await auditOf(world, body.id))).not.toContain(body.key);
  });

  it('an API key acts with its role for its organiser, and cannot create keys or owners', async () => {
    const { body } = await createKey();
    expect(await bodyOf(await whoIs(body.key))).toEqual({
      kind: 'api_key',
      id: body.id,
      name: 'Kasir',
      role: 'manager',
      scopes: ['team', 'check_in'],
      organizer: { slug: organizer.slug, name: 'Senja' },
    });
    expect((await world.request('GET', path('/staff'), { as: body.key })).status).toBe(200);
    expect(await codeOf(await world.request('GET', path('/staff', stranger.slug), { as: body.key }))).toBe(
      '404 request.not_found',
    );
    expect((await createKey('door', body.key)).response.status).toBe(403);
    expect(await codeOf(await world.request('GET', '/v1/sessions', { as: body.key }))).toBe('403 access.forbidden');
    expect((await createKey('owner')).body.code).toBe('request.invalid');
    const invited = await world.request('POST', path('/staff'), {
      as: body.key,
      body: { email: 'by-key@organizer.test', name: 'X', role: 'door' },
    });
    const member = await bodyOf<{ id: string }>(invited);
    expect(await auditOf(world, member.id)).toMatchObject([{ actor_kind: 'api_key', actor_id: body.id }]);
  });

  it('an ended API key is refused at once by this process, and within 30 seconds by others', async () => {
    const { body } = await createKey('door');
    const elsewhere = world.anotherProcess();
    expect(await elsewhere.of(body.key)).toMatchObject({ kind: 'api_key' });
    expect((await whoIs(body.key)).status).toBe(200);
    const end = () => world.request('DELETE', path(`/api-keys/${body.id}`), { as: organizer.owner });
    expect((await end()).status).toBe(204);
    expect((await whoIs(body.key)).status).toBe(401);
    expect(await codeOf(await end())).toBe('404 api_key.not_found');
    world.time.advance(rememberedMs);
    expect(await elsewhere.of(body.key)).toBeUndefined();
    expect(await auditOf(world, body.id)).toMatchObject([{ act: 'api_key.created' }, { act: 'api_key.ended' }]);
  });

  it('ties a device to one event of its organiser', async () => {
    const { response, body } = await createDevice();
    expect(response.status).toBe(201);
    expect(body.token).toMatch(/^antre_device_[\w-]{65}$/);
    expect(await bodyOf(await whoIs(body.token))).toEqual({
      kind: 'device',
      id: body.id,
      name: 'Pemindai 1',
      role: 'door',
      organizer: { slug: organizer.slug, name: 'Senja' },
      eventId,
    });
    for (const id of [foreignEventId, 'evt_00000000']) {
      const refused = await createDevice(id);
      expect([refused.response.status, refused.body.code]).toEqual([404, 'event.not_found']);
    }
    expect(await auditOf(world, body.id)).toMatchObject([{ act: 'device.created', changes: { eventId } }]);
  });

  it('a device cannot use the routes of the organiser’s desk', async () => {
    const { body } = await createDevice();
    for (const rest of ['/staff', '/api-keys', '/devices', '/audit-log']) {
      expect(await codeOf(await world.request('GET', path(rest), { as: body.token }))).toBe('403 access.forbidden');
    }
    expect(await codeOf(await world.request('GET', path('/staff', stranger.slug), { as: body.token }))).toBe(
      '404 request.not_found',
    );
  });

  it('ends a device', async () => {
    const { body } = await createDevice();
    expect((await world.request('DELETE', path(`/devices/${body.id}`), { as: organizer.owner })).status).toBe(204);
    expect((await whoIs(body.token)).status).toBe(401);
    const list = await bodyOf<{ data: { id: string; endedAt: string | null }[] }>(
      await world.request('GET', path(`/devices?eventId=${eventId}`), { as: organizer.owner }),
    );
    expect(list.data.find(({ id }) => id === body.id)?.endedAt).toEqual(expect.any(String));
    expect(await auditOf(world, body.id)).toMatchObject([{ act: 'device.created' }, { act: 'device.ended' }]);
  });

  it('does not end or list what belongs to another organiser', async () => {
    const { body: key } = await createKey();
    const { body: device } = await createDevice();
    for (const [rest, code] of [
      [`/api-keys/${key.id}`, 'api_key.not_found'],
      ['/api-keys/key_00000000000000000000', 'api_key.not_found'],
      [`/devices/${device.id}`, 'device.not_found'],
      ['/devices/dev_00000000000000000000', 'device.not_found'],
    ]) {
      const response = await world.request('DELETE', path(rest ?? '', stranger.slug), { as: stranger.owner });
      expect(await codeOf(response)).toBe(`404 ${code}`);
    }
    for (const rest of ['/api-keys', '/devices', `/devices?eventId=${eventId}`]) {
      const list = await bodyOf<{ data: unknown[] }>(
        await world.request('GET', path(rest, stranger.slug), { as: stranger.owner }),
      );
      expect(list.data).toEqual([]);
    }
    expect((await whoIs(key.key)).status).toBe(200);
    expect((await whoIs(device.token)).status).toBe(200);
  });

  it('refuses keys that are guessed, cut short, or of another kind', async () => {
    const { body } = await createKey();
    for (const key of [
      `antre_key_${'A'.repeat(43)}`,
      `antre_key_${'A'.repeat(65)}`,
      body.key.slice(0, -1),
      `${body.key}A`,
      body.key.replace('antre_key_', 'antre_device_'),
      body.id,
    ]) {
      expect((await whoIs(key)).status).toBe(401);
    }
  });

  it('refuses more than fifty live keys', async () => {
    const fresh = await anOrganizer(world);
    const create = () =>
      world.request('POST', path('/api-keys', fresh.slug), {
        as: fresh.owner,
        body: { name: 'K', role: 'door', scopes: ['check_in'] },
      });
    const answers = await Promise.all(Array.from({ length: 55 }, create));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(await codeOf(await create())).toBe('409 access.limit_reached');
  });

  it('gives managers devices but no keys', async () => {
    const manager = await aMember(world, organizer, 'manager');
    expect((await createKey('door', manager.token)).response.status).toBe(403);
    const device = await world.request('POST', path('/devices'), { as: manager.token, body: { eventId, name: 'P' } });
    expect(device.status).toBe(201);
  });
});
