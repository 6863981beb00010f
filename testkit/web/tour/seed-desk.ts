import { sql } from 'drizzle-orm';
import { demoEventId, demoId } from '../../../drizzle/seed/demo-id.ts';
import { demoOrganizerSlug, demoPassword } from '../../../drizzle/seed/seed-accounts.ts';
import { demoCategoryId } from '../../../drizzle/seed/seed-event.ts';
import type { Service } from '../../../src/compose.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createOrganizer } from '../../factories.ts';
import { hashTestPassword } from '../../access/hash-test-password.ts';

type Send = (method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown) => Promise<Record<string, unknown>>;

const slug = 'senja-di-selatan';
const eventId = demoEventId(slug);

/** Seeds the demo's desk: API keys, devices, reports, announcements, and tasks. */
export async function seedDesk(service: Service, send: Send) {
  const { db } = service;
  await db.execute(sql`insert into door_settings (event_id, shows_names, category_notes)
    values (${eventId}, true, ${JSON.stringify({ [demoCategoryId(slug, 'Festival')]: 'Gelang biru' })}::jsonb)`);
  const device = await send('POST', '/devices', { name: 'Gerbang Utara 1', eventId });
  const zone = await send('POST', `/events/${eventId}/zones`, { name: 'Festival', capacity: 1200 });
  const gate = await send('POST', `/events/${eventId}/gates`, {
    name: 'Gerbang Selatan',
    ticketCategoryIds: [demoCategoryId(slug, 'Festival')],
    closesAt: new Date(Date.now() + 90 * 86_400_000).toISOString(),
    reEntry: 'none',
    zoneId: zone['id'],
  });
  const text = (locale: 'id' | 'en') => ({
    subject: locale === 'id' ? 'Pintu dibuka lebih awal' : 'Doors open earlier',
    text:
      locale === 'id'
        ? 'Pintu dibuka pukul 16.00.\n\nBawa botol minum kosong; air gratis di dalam.'
        : 'Doors open at 4 p.m.\n\nBring an empty bottle; water is free inside.',
  });
  const content = { id: text('id'), en: text('en') };
  const announcement = await send('POST', `/events/${eventId}/announcements`, {
    kind: 'practical',
    channels: ['email'],
    content,
  });
  const endpoint = await addEndpoint(service);
  await send('POST', '/api-keys', {
    name: 'Gudang data',
    role: 'manager',
    scopes: ['sales.read', 'orders.read', 'reports'],
  });
  await send('POST', '/staff', { email: 'nadia@contoh.example', name: 'Nadia Rahma', role: 'manager' });
  await send('POST', '/reports', { kind: 'attendees', format: 'xlsx', eventId });
  await send('POST', '/reports', { kind: 'payments', format: 'csv' });
  const draft = await send('POST', '/events', {
    name: 'Pasar Malam Banteng',
    slug: 'pasar-malam-banteng',
    category: 'festival',
    city: 'Jakarta',
    venue: 'Lapangan Banteng',
    startsAt: new Date(Date.now() + 40 * 86_400_000).toISOString(),
    endsAt: new Date(Date.now() + 40 * 86_400_000 + 14_400_000).toISOString(),
  });
  return {
    deviceToken: String(device['token'] ?? device['deviceToken']),
    announcementId: String(announcement['id']),
    gateId: String(gate['id']),
    zoneId: String(zone['id']),
    endpointId: endpoint,
    messageTestId: await addMessageTest(service),
    lossTaskId: await addTasks(service),
    draftId: String(draft['id']),
    staffId: demoId('stf', 'manager@demo.test'),
    newcomer: await addNewcomer(service),
    demoOrganizerSlug,
  };
}

/** By SQL, because the API accepts only addresses that resolve to public ones. */
async function addEndpoint({ db }: Service): Promise<string> {
  const id = newId('whe');
  await db.execute(sql`
    insert into webhook_endpoints (id, organizer_id, url, description, types, secret)
    select ${id}, id, 'https://crm.contoh.example/antre', 'CRM', array['order.paid', 'refund.paid'], 'none'
    from organizers where slug = ${demoOrganizerSlug}`);
  return id;
}

/** A test message that the provider has refused. */
async function addMessageTest({ db }: Service): Promise<string> {
  const id = newId('dlv');
  await db.execute(sql`
    insert into deliveries (id, organizer_id, subject_id, template, channel, recipient_key, share, status, failure, next_check_at)
    select ${id}, id, 'snd_1', 'message_test', 'whatsapp', 'none', 'tests', 'failed', 'waha_401', null
    from organizers where slug = ${demoOrganizerSlug}`);
  return id;
}

/** Returns the id of the task that asks for an amount. */
async function addTasks({ db }: Service): Promise<string> {
  const lossTaskId = newId('tsk');
  for (const [kind, id] of [
    ['refund_manual', newId('tsk')],
    ['gateway_silent', newId('tsk')],
    ['partial_chargeback', lossTaskId],
  ] as const) {
    await db.execute(sql`
      insert into tasks (id, organizer_id, event_id, order_id, kind, subject_id, detail)
      select ${id}, organizer_id, event_id, id, ${kind}, id, jsonb_build_object('currency', currency) from orders where event_id = ${eventId} and status = 'paid'
      order by id limit 1`);
  }
  return lossTaskId;
}

/** The owner of an empty organiser, with the demo's password. */
async function addNewcomer({ db }: Service): Promise<string> {
  const organizer = await createOrganizer(db);
  const email = 'baru@contoh.example';
  await db.execute(sql`update organizers set name = 'Panggung Baru' where id = ${organizer.id}`);
  await db.execute(sql`
    insert into staff (id, organizer_id, email, name, role, status, password_hash)
    values (${newId('stf')}, ${organizer.id}, ${email}, 'Bima Arya', 'owner', 'active', ${hashTestPassword(demoPassword)})`);
  return email;
}
