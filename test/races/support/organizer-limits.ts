import { randomBytes } from 'node:crypto';
import { inviteStaff } from '../../../src/access/staff/invite-staff.ts';
import { createApiKey } from '../../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../../src/access/credentials/key-scopes.ts';
import { createDevice } from '../../../src/access/credentials/create-device.ts';
import { startSession } from '../../../src/access/sessions/start-session.ts';
import * as access from '../../../src/access/limits.ts';
import { createEvent as createOwnEvent } from '../../../src/catalog/events/create-event.ts';
import { createEventSchema } from '../../../src/catalog/events/schemas.ts';
import * as catalog from '../../../src/catalog/limits.ts';
import { setPicture } from '../../../src/catalog/media/set-picture.ts';
import { storeInbound, wordsPerPhoneAndHourMax } from '../../../src/notifications/inbound/store-inbound.ts';
import { createSender, sendersPerOrganizerMax } from '../../../src/notifications/senders/create-sender.ts';
import { createEndpoint } from '../../../src/notifications/webhooks/endpoints/create-endpoint.ts';
import { endpointsPerOrganizerMax } from '../../../src/notifications/webhooks/limits.ts';
import { systemClock as clock } from '../../../src/platform/clock.ts';
import * as reports from '../../../src/reports/limits.ts';
import { requestReport } from '../../../src/reports/requests/request-report.ts';
import { createSchedule } from '../../../src/reports/schedules/create-schedule.ts';
import { notificationConfig, sandboxProviders } from '../../../testkit/notifications/notification-world.ts';
import { type CountedLimit, type Scene, at, changes } from './counted-limit.ts';

const config = { ...notificationConfig, ...sandboxProviders('http://127.0.0.1:9') };

const ofOrganizer = ['organizer_id', ({ actor }: Scene) => actor.organizerId] as const;

const someHash = "'\\x' || md5(id || n)";

const addEvent: CountedLimit['add'] = (db, { actor, n }) =>
  createOwnEvent(
    { db },
    actor,
    createEventSchema.parse({
      slug: `race-${actor.organizerId.slice(-8).toLowerCase()}-${n}`,
      name: 'Senja',
      category: 'concert',
      city: 'Jakarta',
      venue: 'Lapangan',
      startsAt: at(48),
      endsAt: at(50),
    }),
  );

const addPicture: CountedLimit['add'] = (db, { actor, event }) =>
  setPicture(
    {
      db,
      ...changes,
      fileStorage: { write: async () => 1, open: async () => undefined, remove: async () => {} },
      pictureMaker: { make: async () => [{ file: 'small.jpg', bytes: randomBytes(8) }], close: async () => {} },
      pictures: { read: async () => undefined },
    },
    { actor, eventId: event.id, focus: { x: 50, y: 50 }, bytes: new Uint8Array() },
  );

const addSession: CountedLimit['add'] = (db, { actor }) =>
  startSession(
    {
      db,
      clock,
      config,
      passwords: { hash: async () => '', verify: async () => true, close: async () => {} },
      signInLimiter: { consume: async () => ({ allowed: true, retryAfterSeconds: 0 }), reset: async () => {} },
    },
    { email: `${actor.id.toLowerCase()}@organizer.test`, password: 'right', network: '192.0.2.0/24' },
  );

const addInbound: CountedLimit['add'] = (db, { actor, n }) =>
  storeInbound(
    { db, clock, config },
    { id: `snd_${actor.organizerId}`, organizerId: actor.organizerId },
    { from: '628123456789', text: 'STOP', messageId: `m${n}`, sentAt: undefined },
  );

/** Limits of an organizer and of its people, with the act that adds a row. */
export const organizerLimits: Readonly<Record<string, CountedLimit>> = {
  'events of an organizer': {
    table: 'events',
    max: catalog.eventsPerOrganizerMax,
    of: ofOrganizer,
    copy: { id: 'organizer_id || n', slug: "lower(right(organizer_id, 8)) || '-copy-' || n" },
    add: addEvent,
  },
  'pictures of an organizer in a day': {
    table: 'pictures',
    max: catalog.picturesPerDayMax,
    of: ofOrganizer,
    copy: { id: 'md5(organizer_id || n)' },
    pause: /insert into "pictures"/,
    add: addPicture,
  },
  'senders of an organizer': {
    table: 'senders',
    max: sendersPerOrganizerMax,
    of: ofOrganizer,
    copy: { id: 'id || n', external_id: 'organizer_id || n' },
    add: (db, { actor, n }) => {
      const device = {
        device: `62811${String(n).padStart(8, '0')}`,
        token: 'a token of it',
        callbackKey: 'k'.repeat(32),
      };
      return createSender({ db, clock, config }, { actor, input: { kind: 'fonnte', weight: 100, ...device } });
    },
  },
  'webhook endpoints of an organizer': {
    table: 'webhook_endpoints',
    max: endpointsPerOrganizerMax,
    of: ofOrganizer,
    copy: { id: 'id || n' },
    add: (db, { actor }) =>
      createEndpoint(
        { db, clock, config, webhookGuard: { check: async (url) => url } },
        { actor, url: 'https://hooks.example/antre', types: ['order.paid'], description: '' },
      ),
  },
  'API keys of an organizer': {
    table: 'api_keys',
    max: access.apiKeysPerOrganizerMax,
    of: ofOrganizer,
    copy: { id: 'id || n', key_hash: someHash },
    add: (db, { actor }) => createApiKey({ db, clock, config }, { actor, name: 'x', role: 'door', scopes: keyScopes }),
  },
  'devices of an organizer': {
    table: 'devices',
    max: access.devicesPerOrganizerMax,
    of: ofOrganizer,
    copy: { id: 'id || n', token_hash: someHash },
    add: (db, { actor, event }) => createDevice({ db, clock, config }, { actor, eventId: event.id, name: 'x' }),
  },
  'members of an organizer': {
    table: 'staff',
    max: access.staffPerOrganizerMax,
    of: ofOrganizer,
    copy: { id: 'id || n', email: 'n || email', status: "'disabled'" },
    add: (db, { actor, n }) =>
      inviteStaff(
        { db, clock },
        {
          actor,
          email: `member-${n}-${actor.organizerId}@example.test`,
          name: 'x',
          role: 'door',
          locale: 'id',
          eventIds: null,
          managerEventIds: null,
        },
      ),
  },
  'report schedules of an organizer': {
    table: 'report_schedules',
    max: reports.schedulesMax,
    of: ofOrganizer,
    copy: { id: 'id || n' },
    add: (db, { actor }) =>
      createSchedule({ db, clock }, actor, {
        kind: 'orders',
        format: 'csv',
        covers: 'everything',
        every: 'day',
        hour: 7,
        timeZone: 'Asia/Jakarta',
      }),
  },
  'open reports of an organizer': {
    table: 'reports',
    max: reports.openReportsMax,
    of: ofOrganizer,
    copy: { id: 'id || n' },
    add: (db, { actor }) => requestReport({ db, clock }, actor, { kind: 'orders', format: 'csv', filters: {} }),
  },
  'sessions of a member': {
    table: 'sessions',
    max: access.sessionsPerStaffMax,
    of: ['staff_id', ({ actor }) => actor.id],
    copy: { id: "'ses_0' || n || staff_id" },
    add: addSession,
  },
  'messages of a phone to a sender in an hour': {
    table: 'inbound_messages',
    max: wordsPerPhoneAndHourMax,
    of: ofOrganizer,
    copy: { id: 'id || n', provider_message_id: "'copy' || n" },
    pause: /insert into news_stops/,
    add: addInbound,
  },
};
