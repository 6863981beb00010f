import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { createDevice } from '../../src/access/credentials/create-device.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  aMember,
  anOrganizer,
  codeOf,
  openAccessWorld,
} from '../../testkit/access/access-world.ts';
import { createEvent } from '../../testkit/factories.ts';

/** Guards that no route of the room lacks a rule: tries every published route as every kind of caller (S05). */
describe('every route and every role', () => {
  let world: AccessWorld;
  let organizer: OrganizerWorld;
  const callers = new Map<string, string | undefined>();

  /** The least role of each organiser's route. A new route fails here until it is listed. */
  const leastRole: Record<string, 'owner' | 'manager'> = {
    'GET /staff': 'manager',
    'POST /staff': 'manager',
    'PATCH /staff/{staffId}': 'owner',
    'DELETE /staff/{staffId}': 'manager',
    'GET /staff/{staffId}/access': 'manager',
    'DELETE /staff/{staffId}/sessions': 'manager',
    'GET /audit-log': 'manager',
    'GET /api-keys': 'owner',
    'POST /api-keys': 'owner',
    'DELETE /api-keys/{keyId}': 'owner',
    'GET /devices': 'manager',
    'POST /devices': 'manager',
    'DELETE /devices/{deviceId}': 'manager',
  };
  const publicRoutes = [
    'POST /v1/sessions',
    'POST /v1/organizers',
    'POST /v1/invitations/acceptance',
    'POST /v1/password-resets',
    'POST /v1/password-resets/confirmation',
  ];

  beforeAll(async () => {
    world = await openAccessWorld();
    organizer = await anOrganizer(world);
    const actor = await world.deps.actors.of(organizer.owner);
    if (actor === undefined) throw new Error('the owner is signed in');
    const { id: eventId } = await createEvent(world.open.db, { organizer });
    callers.set('nobody', undefined);
    callers.set('stranger', (await anOrganizer(world)).owner);
    callers.set('device', (await createDevice(world.deps, { actor, eventId, name: 'P' })).token);
    callers.set('door', (await aMember(world, organizer, 'door')).token);
    callers.set(
      'door key',
      (await createApiKey(world.deps, { actor, name: 'K', role: 'door', scopes: keyScopes })).key,
    );
    callers.set('manager', (await aMember(world, organizer, 'manager')).token);
    callers.set(
      'manager key',
      (await createApiKey(world.deps, { actor, name: 'K', role: 'manager', scopes: keyScopes })).key,
    );
    callers.set('owner', organizer.owner);
  });
  afterAll(() => world?.close());

  const expected = (caller: string, least: 'owner' | 'manager'): string => {
    if (caller === 'nobody') return '401 access.unauthenticated';
    if (caller === 'stranger') return '404 request.not_found';
    const allowed = least === 'owner' ? ['owner'] : ['owner', 'manager', 'manager key'];
    return allowed.includes(caller) ? 'allowed' : '403 access.forbidden';
  };

  it('lets in the roles that its rule names, and refuses the others before it reads anything of theirs', async () => {
    const prefix = '/v1/organizers/{slug}';
    const seen: string[] = [];
    for (const { method, path } of world.routes.filter(({ path }) => path.startsWith(prefix))) {
      const route = `${method} ${path.slice(prefix.length)}`;
      seen.push(route);
      const least = leastRole[route];
      if (least === undefined) throw new Error(`${route} has no rule in this test`);
      // Ids and bodies are malformed on purpose, so that a request that gets past the rule changes nothing.
      const url = path.replace('{slug}', organizer.slug).replace(/\{\w+\}/g, 'malformed');
      for (const [caller, as] of callers) {
        const body = method === 'POST' || method === 'PATCH' ? { unknown: true } : undefined;
        const response = await world.request(method, url, { ...(as === undefined ? {} : { as }), body });
        const answer =
          response.status === 200 ? 'allowed' : (await codeOf(response)).replace('400 request.invalid', 'allowed');
        expect([route, caller, answer]).toEqual([route, caller, expected(caller, least)]);
      }
    }
    expect(seen.toSorted()).toEqual(Object.keys(leastRole).toSorted());
  });

  it('requires a credential on every other route that is not public', async () => {
    const others = world.routes.filter(({ path }) => !path.startsWith('/v1/organizers/'));
    for (const { method, path } of others) {
      if (publicRoutes.includes(`${method} ${path}`)) continue;
      const response = await world.request(method, path.replace(/\{\w+\}/g, 'malformed'));
      expect([method, path, await codeOf(response)]).toEqual([method, path, '401 access.unauthenticated']);
    }
    expect(others.map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(publicRoutes));
  });
});
