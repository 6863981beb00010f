import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { limitedInside, useLimitedMembers } from '../support/limited-members.ts';

/** Guards that a member who is the manager of one event and door staff of another has the rights of each role there, on every route. */

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
  manages,
  staffPath,
  memberOf,
  organizerRoutes,
  addressOf,
} = await useLimitedMembers();

describe('the manager of one event who is door staff of another', () => {
  it('is let in on every route of each event as that role is there, and on every route of the organizer as door staff', async () => {
    const both = await tokenOf(await manages());
    const doorThere = await tokenOf(await limited('door', other.id));
    for (const { route, method, template } of await organizerRoutes()) {
      const isOfEvent = template.includes('{eventId}') || template.includes('{orderId}');
      for (const [event, alike] of [
        [own, isOfEvent || limitedInside.includes(route) ? manager : door],
        [other, limitedInside.includes(route) ? manager : doorThere],
      ] as const) {
        // Some of these would be done.
        if (event === own && (method === 'DELETE' || template.endsWith('/stream'))) continue;
        const body = method === 'GET' || method === 'DELETE' ? undefined : { unknown: true };
        const [asked, expected] = [both, alike].map(async (as) => {
          const { status, body: answer } = await call(as, method, addressOf(template, event), body);
          return status === 403 || /^(?:event|order)\.not_found$/.test(answer.code) ? answer.code : 'let in';
        });
        expect([route, event === own, await asked]).toEqual([route, event === own, await expected]);
      }
    }
  });

  it('lists, searches and pairs at the event of the manager, and scans at both', async () => {
    const email = await manages();
    const token = await tokenOf(email);
    const path = `/v1/organizers/${world.organizer.slug}`;
    const list = await call(token, 'GET', `${path}/events`);
    expect(list.body.data.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    const pair = (eventId: string) => call(token, 'POST', `${path}/devices`, { name: 'D', eventId });
    expect([(await pair(own.id)).status, (await pair(other.id)).body.code]).toEqual([201, 'event.not_found']);
    for (const eventId of [own.id, other.id]) {
      expect((await call(token, 'POST', `${path}/order-searches`, { q: 'x', eventId })).status).toBe(200);
      const scan = { eventId, code: 'X', scanId: newId('req') };
      expect((await call(token, 'POST', '/v1/check-ins', scan)).body.result).toBe('invalid');
    }
    const whoAmI = { role: 'door', eventIds: [own.id, other.id], managerEventIds: [own.id] };
    expect((await call(token, 'GET', '/v1/sessions/current')).body).toMatchObject(whoAmI);
    const browser = await world.signIn(email);
    const pages = ['/desk/orders', `/desk/events/${own.id}/sale`, `/desk/events/${other.id}/sale`];
    const seen = await Promise.all(pages.map(async (page) => (await browser.get(page)).status));
    expect(seen).toEqual([200, 200, 403]);
  });
});

describe('making a member the manager of an event', () => {
  it('applies at once, and its end ends the session and what was made with it', async () => {
    const email = await world.addMember('door');
    const token = await tokenOf(email);
    const devices = `/v1/organizers/${world.organizer.slug}/devices`;
    const pair = () => call(token, 'POST', devices, { name: 'D', eventId: own.id });
    expect((await pair()).status).toBe(403);
    const path = `${staffPath}/${(await memberOf(email)).id}`;
    const made = await call(owner, 'PATCH', path, { managerEventIds: [own.id] });
    expect(made.body).toMatchObject({ role: 'door', eventIds: null, managerEventIds: [own.id] });
    const { body: log } = await call(owner, 'GET', `/v1/organizers/${world.organizer.slug}/audit-log`);
    expect(log.data[0]).toMatchObject({
      act: 'staff.role_changed',
      changes: { managerEventIds: { from: null, to: [own.id] } },
    });
    const device = await pair();
    expect(device.status).toBe(201);
    const wide = await tokenOf(await world.addMember('manager'));
    expect((await call(wide, 'DELETE', path)).body.code).toBe('access.forbidden');
    expect((await call(owner, 'PATCH', path, { eventIds: [other.id] })).body.managerEventIds).toBeNull();
    for (const ended of [token, device.body.token]) {
      expect((await call(ended, 'GET', '/v1/sessions/current')).status).toBe(401);
    }
  });

  it('is for door staff, by owners', async () => {
    const invitation = { name: 'Sinta', role: 'door', eventIds: [other.id], managerEventIds: [own.id] };
    const invite = async (as: string, change: object) => {
      const email = `${newId('req').toLowerCase()}@x.test`;
      const { body } = await call(as, 'POST', staffPath, { ...invitation, email, ...change });
      return body.code ?? body.eventIds;
    };
    const wide = await tokenOf(await world.addMember('manager'));
    expect(await invite(wide, {})).toBe('access.forbidden');
    expect(await invite(wide, { managerEventIds: null })).toEqual([other.id]);
    expect(await invite(owner, { role: 'manager' })).toBe('staff.not_door_staff');
    expect(await invite(owner, {})).toEqual([other.id, own.id]);
  });
});
