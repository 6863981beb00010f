import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { mailToken } from '../../src/notifications/channels/mail-token.ts';
import { sendDelivery } from '../../src/notifications/deliveries/send-delivery.ts';
import { notifyOrder } from '../../src/notifications/notices/notify.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type TestOrganizer, createEvent, createOrganizer, someBuyer } from '../../testkit/factories.ts';
import { callDesk, signedIn } from '../../testkit/notifications/desk.ts';
import { deliveriesOf, inbox, notificationConfig, paidOrder } from '../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../testkit/notifications/use-notifications.ts';

/**
 * Guards that an organiser sees the recipients that its messages do not reach, and nobody else's complaints, and can
 * lift them.
 */

const world = await useNotifications();
let organizer: TestOrganizer;
let manager: string;
beforeEach(async () => {
  await world.db.execute(sql`delete from suppressions`);
  organizer = await createOrganizer(world.db);
  manager = await signedIn(world, organizer, 'manager');
});

async function mailed(buyer: ReturnType<typeof someBuyer>, of = organizer) {
  const paid = await paidOrder(world, { buyer, event: await createEvent(world.db, { organizer: of }) });
  const [deliveryId = ''] = await notifyOrder(world.deps, 'tickets', paid);
  await sendDelivery(world.deps, { deliveryId }, AbortSignal.timeout(20_000));
  const [row] = (await deliveriesOf(world.db, paid.orderId)).filter(({ channel }) => channel === 'email');
  return { deliveryId, status: row?.status };
}

async function reported(deliveryId: string, fields: string, kind = 'delivery-status') {
  const token = mailToken(notificationConfig.HASH_SECRET, deliveryId);
  const body = [
    `To: bounces+${token}@antre.example`,
    `Content-Type: multipart/report; report-type=${kind}; boundary=b`,
    '',
    '--b',
    `Content-Type: message/${kind}`,
    '',
    fields,
    '',
    '--b--',
  ].join('\r\n');
  const headers = { authorization: `Bearer ${notificationConfig.MAIL_CALLBACK_TOKEN}` };
  expect((await fetch(`${world.callbackUrl}/mail`, { method: 'POST', body, headers })).status).toBe(200);
}
const bounced = (deliveryId: string) => reported(deliveryId, 'Action: failed\r\nStatus: 5.1.1');
const complained = (deliveryId: string) => reported(deliveryId, 'Feedback-Type: abuse', 'feedback-report');

type Listed = { data: { id: string; recipient: string | null; reason: string }[]; nextCursor: string | null };
const pathOf = ({ slug }: TestOrganizer) => `/v1/organizers/${slug}/suppressions`;
const list = async (of = organizer, as = manager, query = '') =>
  (await callDesk(world, 'GET', `${pathOf(of)}${query}`, { as })).json as unknown as Listed;
const lift = async (id: string, of = organizer, as = manager) => {
  const { status, json } = await callDesk(world, 'DELETE', `${pathOf(of)}/${id}`, { as });
  return status === 204 ? status : json['code'];
};

test('a bounced address is listed masked, once, and gets mail again after it is lifted', async () => {
  const buyer = someBuyer();
  const { deliveryId } = await mailed(buyer);
  await bounced(deliveryId);
  expect((await mailed(buyer)).status).toBe('suppressed');
  const { data, nextCursor } = await list();
  expect(nextCursor).toBeNull();
  expect(data).toEqual([
    {
      id: deliveryId,
      channel: 'email',
      recipient: expect.stringMatching(/^.•••@/),
      reason: 'no_such_mailbox',
      until: null,
      createdAt: expect.any(String),
    },
  ]);
  expect(JSON.stringify(data)).not.toContain(buyer.email);
  expect(await lift(deliveryId)).toBe(204);
  expect(await lift(deliveryId)).toBe('suppression.not_found');
  expect((await list()).data).toEqual([]);
  expect((await mailed(buyer)).status).toBe('accepted');
  expect(await inbox(world.sandbox, buyer.email)).toHaveLength(2);
  const audit = await rowsOf<{ act: string; subject_id: string }>(
    world.db,
    sql`select act, subject_id from audit_log where organizer_id = ${organizer.id} and act like 'suppression.%'`,
  );
  expect(audit).toEqual([{ act: 'suppression.lifted', subject_id: deliveryId }]);
});

test('pages follow one another without a gap', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const { deliveryId } = await mailed(someBuyer());
    await bounced(deliveryId);
    ids.unshift(deliveryId);
  }
  const first = await list(organizer, manager, '?limit=2');
  const second = await list(organizer, manager, `?limit=2&cursor=${first.nextCursor}`);
  expect([first.data.map(({ id }) => id), second.data.map(({ id }) => id)]).toEqual([ids.slice(0, 2), ids.slice(2)]);
  expect(second.nextCursor).toBeNull();
});

test('an organiser cannot see or lift suppressions of another organiser, nor a complaint', async () => {
  const other = await createOrganizer(world.db);
  const stranger = await signedIn(world, other, 'manager');
  const buyer = someBuyer();
  const { deliveryId } = await mailed(buyer);
  await complained(deliveryId);
  expect((await list(other, stranger)).data).toEqual([]);
  expect(await lift(deliveryId, other, stranger)).toBe('suppression.not_found');
  expect(await lift('dlv_0123456789ABCDEFGHJK', other, stranger)).toBe('suppression.not_found');
  // A mail of the other organiser was suppressed by the complaint, which still was not about that mail.
  const met = await mailed(buyer, other);
  expect(met.status).toBe('suppressed');
  expect((await list(other, stranger)).data).toEqual([]);
  expect(await lift(met.deliveryId, other, stranger)).toBe('suppression.not_found');
  expect((await list()).data).toMatchObject([{ id: deliveryId, reason: 'complaint' }]);
  expect(await lift(deliveryId, organizer, await signedIn(world, organizer, 'door'))).toBe('access.forbidden');
  expect(await lift(deliveryId)).toBe(204);
});
