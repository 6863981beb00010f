import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { signUp } from '../../src/access/staff/create-organizer.ts';
import { composeMessage } from '../../src/notifications/deliveries/compose-message.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { useNotifications } from '../../testkit/notifications/use-notifications.ts';

/** Guards that nobody can send strangers links by signing up as an organizer with their addresses. */

const world = await useNotifications();

async function mailAfter(slug: string, name: string) {
  const ownerEmail = `${slug}@stranger.test`;
  await signUp(
    { db: world.db, clock: systemClock, config: { SELF_SIGN_UP: true } },
    { slug, name, ownerEmail, ownerName: 'Sari', locale: 'id' },
  );
  const [token] = await rowsOf<{ id: string }>(
    world.db,
    sql`select t.id from staff_tokens t join staff s on s.id = t.staff_id where s.email = ${ownerEmail}`,
  );
  const message = await composeMessage(world.deps, {
    id: 'dlv_1',
    subject_id: token?.id ?? '',
    template: 'staff_invitation',
    channel: 'email',
    version: 1,
    recipient_key: '',
  });
  if (message?.channel !== 'email') throw new Error('no mail');
  return message.mail;
}

test.each([
  ['menang-1', 'Anda menang! Klaim di https://evil.example/klaim'],
  ['menang-2', 'Klaim hadiah: evil.com'],
  ['menang-3', 'Hubungi 0812 3456 7890'],
  ['menang-4', '*Bank* [klaim](evil)'],
])('%s: the mail of a sign-up names the organizer by its address, as the name is no name', async (slug, name) => {
  const mail = await mailAfter(slug, name);
  for (const text of [mail.subject, mail.text, mail.html]) {
    expect(text).toContain(slug);
    expect(text).not.toMatch(/evil|0812|Bank/);
  }
});

test.each([
  ['senja-live', 'Senja Live'],
  ['festival-27', 'Festival 2027 & Teman-Teman'],
  ['maju', 'PT. Maju Bersama, Tbk.'],
])('%s: a usual name stays as it is', async (slug, name) => {
  const mail = await mailAfter(slug, name);
  expect(mail.subject).toContain(name);
});
