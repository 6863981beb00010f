import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { limitedInside, useLimitedMembers } from '../support/limited-members.ts';

/** Guards that a member who is limited to an event finds nothing of the organizer's other events, on every route. */

const {
  world,
  own,
  other,
  owner,
  manager,
  door,
  call,
  limited,
  tokenOf,
  staffPath,
  memberOf,
  organizerRoutes,
  addressOf,
} = await useLimitedMembers();

describe('a manager who is limited to one event', () => {
  it('is refused on every route of another event as if it did not exist, and on every route of the organizer', async () => {
    const routes = await organizerRoutes();
    expect(routes.length).toBeGreaterThan(80);
    const seen: string[] = [];
    for (const { route, method, template } of routes) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : { unknown: true };
      const answer = await call(manager, method, addressOf(template, other), body);
      const expected = template.includes('{eventId}')
        ? '404 event.not_found'
        : template.includes('{orderId}')
          ? '404 order.not_found'
          : '403 access.forbidden';
      if (limitedInside.includes(route)) seen.push(route);
      else expect([route, `${answer.status} ${answer.body.code}`]).toEqual([route, expected]);
    }
    expect(seen.toSorted()).toEqual(limitedInside.toSorted());
  });

  it('may use every route of the own event that a manager may use', async () => {
    for (const { route, method, template } of await organizerRoutes()) {
      if (!template.includes('{eventId}') && !template.includes('{orderId}')) continue;
      // Bodies are malformed on purpose, so that nothing changes.
      const body = method === 'GET' || method === 'DELETE' ? undefined : { unknown: true };
      if (method === 'DELETE' || template.endsWith('/stream')) continue;
      const { status, body: answer } = await call(manager, method, addressOf(template, own), body);
      expect([route, status === 403, answer.code === 'event.not_found']).toEqual([route, false, false]);
    }
  });

  it('gets the same answer for another event as for one that does not exist', async () => {
    const at = (eventId: string) => `/v1/organizers/${world.organizer.slug}/events/${eventId}/gates`;
    const [theirs, none] = [await call(manager, 'GET', at(other.id)), await call(manager, 'GET', at('evt_00000000'))];
    expect({ ...theirs.body, requestId: '', instance: '' }).toEqual({ ...none.body, requestId: '', instance: '' });
  });

  it('sees only the own event in lists, searches and devices', async () => {
    const path = `/v1/organizers/${world.organizer.slug}`;
    const list = await call(manager, 'GET', `${path}/events`);
    expect(list.body.data.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    const search = { q: 'somebody', eventId: other.id };
    expect((await call(manager, 'POST', `${path}/order-searches`, search)).body.code).toBe('event.not_found');
    expect((await call(manager, 'POST', `${path}/order-searches`, { q: 'somebody' })).status).toBe(200);
    const theirs = await call(owner, 'POST', `${path}/devices`, { name: 'A', eventId: other.id });
    const refused = await call(manager, 'POST', `${path}/devices`, { name: 'B', eventId: other.id });
    expect(refused.body.code).toBe('event.not_found');
    const made = await call(manager, 'POST', `${path}/devices`, { name: 'C', eventId: own.id });
    expect(made.status).toBe(201);
    const devices = await call(manager, 'GET', `${path}/devices`);
    expect(devices.body.data.map(({ name }: { name: string }) => name)).toEqual(['C']);
    expect((await call(manager, 'DELETE', `${path}/devices/${theirs.body.id}`)).body.code).toBe('device.not_found');
    expect((await call(owner, 'DELETE', `${path}/devices/${theirs.body.id}`)).status).toBe(204);
  });

  it('sees at the desk the pages of the own event alone', async () => {
    const browser = await world.signIn(await limited('manager', own.id));
    const first = await browser.get('/desk');
    expect(first.html).toContain(`/desk/events/${own.id}`);
    expect(first.html).not.toContain(`/desk/events/${other.id}`);
    expect(first.html).not.toMatch(/href="\/desk\/(team|reports|connections|log|tasks|events\/new)"/);
    const parts = ['', '/details', '/picture', '/tickets', '/gates', '/schedule', '/waiting-room', '/publication'];
    parts.push('/sale', '/orders', '/attendees', '/devices', '/promo-codes', '/gifts', '/announcements');
    for (const part of parts) {
      expect([part, (await browser.get(`/desk/events/${own.id}${part}`)).status]).toEqual([part, 200]);
      expect([part, (await browser.get(`/desk/events/${other.id}${part}`)).status]).toEqual([part, 404]);
    }
    for (const page of ['/desk/team', '/desk/reports', '/desk/webhooks']) {
      expect([page, (await browser.get(page)).status]).toEqual([page, 403]);
    }
  });
});

describe('door staff of one event', () => {
  it('scan, list and count there alone', async () => {
    const scan = (eventId: string) => ({ eventId, code: 'X', scanId: newId('req') });
    expect((await call(door, 'POST', '/v1/check-ins', scan(own.id))).body.result).toBe('invalid');
    const paths = ['door-list', 'check-ins/summary'].map((path) => ['GET', path] as const);
    for (const [method, path] of paths) {
      expect((await call(door, method, `/v1/events/${own.id}/${path}`)).status).toBe(200);
      expect((await call(door, method, `/v1/events/${other.id}/${path}`)).body.code).toBe('check_in.other_event');
    }
    const refused = [
      await call(door, 'POST', '/v1/check-ins', scan(other.id)),
      await call(door, 'POST', '/v1/check-ins/batch', { eventId: other.id, scans: [{}] }),
      await call(door, 'POST', '/v1/check-ins/undos', { eventId: other.id, scanId: 'a', reason: 'a' }),
      await call(door, 'GET', `/v1/events/${other.id}/check-ins/stream`),
    ];
    expect(refused.map(({ body }) => body.code)).toEqual(refused.map(() => 'check_in.other_event'));
    expect((await call(door, 'GET', '/v1/sessions/current')).body.eventIds).toEqual([own.id]);
  });
});

describe('limiting a member', () => {
  it('is done by an owner, applies at once, and ends what the member could no longer have created', async () => {
    const email = await world.addMember('manager');
    const token = await tokenOf(email);
    const devices = `/v1/organizers/${world.organizer.slug}/devices`;
    const [here, there] = [own.id, other.id].map((eventId) => ({ name: 'D', eventId }));
    const [stays, ends] = [await call(token, 'POST', devices, here), await call(token, 'POST', devices, there)];
    await call(token, 'POST', staffPath, {
      email: `${newId('req').toLowerCase()}@x.test`,
      name: 'Budi',
      role: 'door',
    });
    const member = await memberOf(email);
    const changed = await call(owner, 'PATCH', `${staffPath}/${member.id}`, { eventIds: [own.id] });
    expect(changed.body).toMatchObject({ role: 'manager', eventIds: [own.id] });
    expect((await call(token, 'GET', '/v1/sessions/current')).status).toBe(401);
    expect((await call(stays.body.token, 'GET', '/v1/sessions/current')).status).toBe(200);
    expect((await call(ends.body.token, 'GET', '/v1/sessions/current')).status).toBe(401);
    const { body: left } = await call(owner, 'GET', `${staffPath}/${member.id}/access`);
    expect([left.devices.length, left.invitations.length]).toEqual([1, 0]);
    const wider = await call(owner, 'PATCH', `${staffPath}/${member.id}`, { eventIds: null });
    expect(wider.body.eventIds).toBeNull();
  });

  it('is refused for owners, for events of others, and to a limited manager', async () => {
    const invitation = { email: 'sinta@x.test', name: 'Sinta', role: 'door', eventIds: [own.id] };
    const stranger = await createEvent(world.running.service.db);
    const answers = [
      await call(owner, 'POST', staffPath, { ...invitation, role: 'owner' }),
      await call(owner, 'POST', staffPath, { ...invitation, eventIds: [stranger.id] }),
      await call(owner, 'POST', staffPath, { ...invitation, eventIds: [] }),
      await call(manager, 'POST', staffPath, invitation),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual([
      'staff.owner_not_limited',
      'event.not_found',
      'request.invalid',
      'access.forbidden',
    ]);
    expect((await call(owner, 'POST', staffPath, invitation)).body.eventIds).toEqual([own.id]);
  });
});
