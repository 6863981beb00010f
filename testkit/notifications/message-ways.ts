import { sql } from 'drizzle-orm';
import { buyerKey } from '../../src/access/buyers/buyer-key.ts';
import { notifyBuyer, notifyMember, notifyOrder, notifyStaff } from '../../src/notifications/notices/notify.ts';
import { queueOrderDeliveries } from '../../src/notifications/deliveries/queue-queries.ts';
import { buyerKeys } from '../../src/orders/placement/keys.ts';
import { lockOrder } from '../../src/orders/lifecycle/queries.ts';
import { releaseHold } from '../../src/orders/lifecycle/end-holds.ts';
import { withdrawOrder } from '../../src/orders/lifecycle/withdraw-order.ts';
import { rowsOf, transaction } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { type TestEvent, type someBuyer, createEvent, createOrganizer } from '../factories.ts';
import { type Notifications, addSender, notificationConfig } from './notification-world.ts';
import { order, placingDeps } from '../orders/placing.ts';

type Buyer = ReturnType<typeof someBuyer>;

export const withdraw = { requestFullRefund: () => Promise.resolve(), hasAdmissions: () => Promise.resolve(false) };

/** Spellings of one person's addresses. */
export const spellings = (buyer: Buyer): Buyer[] => {
  const [mailbox = '', domain = ''] = buyer.email.split('@');
  return [
    buyer,
    { ...buyer, email: `${mailbox}+offer@${domain}` },
    { ...buyer, email: `${mailbox.toUpperCase()}@${domain.toUpperCase()}` },
    { ...buyer, email: `${mailbox}+${mailbox}@${domain}`, phone: buyer.phone.replace('+62', '0062') },
  ];
};

/** A free event and one with a price, and every way to cause a message to somebody. */
export async function openMessageWays(world: Notifications) {
  const free = await createEvent(world.db, { categories: [{ price: 0, capacity: 10_000 }] });
  const priced = await createEvent(world.db, { categories: [{ price: 50_000, capacity: 10_000 }] });
  await addSender(world.db);

  async function placed(event: TestEvent, buyer: Buyer, queuePass?: string) {
    const { order: made } = await order(placingDeps(world.open), event, {
      buyer,
      ...(queuePass === undefined ? {} : { queuePass }),
    });
    return { eventId: event.id, orderId: made.id };
  }

  /** The deliveries of one mailbox or phone on one channel, by status. */
  async function sentTo(buyer: Buyer, channel: 'email' | 'whatsapp') {
    const [email, phone] = buyerKeys(notificationConfig.HASH_SECRET, buyer);
    const rows = await rowsOf<{ share: string | null; status: string; count: number }>(
      world.db,
      sql`select share, status, count(*)::int as count from deliveries
          where channel = ${channel} and recipient_key = ${channel === 'email' ? email : phone} group by 1, 2`,
    );
    const sum = (status: string) =>
      rows.filter((row) => row.status === status).reduce((total, row) => total + row.count, 0);
    return { queued: sum('queued'), capped: sum('capped'), rows };
  }

  /** Every way in which a stranger or an organizer can cause a message. */
  const ways = {
    'a free order': async (buyer: Buyer) => notifyOrder(world.deps, 'tickets', await placed(free, buyer)),
    'a hold that its buyer gives up': async (buyer: Buyer) => {
      const ref = await placed(priced, buyer);
      await endHold(ref, 'buyer');
      return notifyOrder(world.deps, 'order_cancelled', ref);
    },
    'a hold that the organizer ends': async (buyer: Buyer) => {
      const ref = await placed(priced, buyer);
      await endHold(ref, 'organizer');
      return notifyOrder(world.deps, 'order_cancelled', ref);
    },
    'the link of an order that nobody paid for': async (buyer: Buyer) =>
      notifyOrder(world.deps, 'order_link', await placed(priced, buyer)),
    'an order that waits for payment': async (buyer: Buyer) =>
      notifyOrder(world.deps, 'order_placed', await placed(priced, buyer)),
    'a link asked for with an address alone': async (buyer: Buyer) =>
      notifyOrder(world.deps, 'order_found', await placed(free, buyer)),
    'an event that is called off': async (buyer: Buyer) => {
      const ref = await placed(free, buyer);
      const notice = { ...ref, emailId: newId('dlv'), whatsappId: newId('dlv') };
      await queueOrderDeliveries(world.db, 'event_cancelled', [notice], { version: 2 });
    },
    'an event that moves': async (buyer: Buyer) => {
      const ref = await placed(free, buyer);
      const notice = { ...ref, emailId: newId('dlv'), whatsappId: newId('dlv') };
      await queueOrderDeliveries(world.db, 'event_moved', [notice], { version: 2 });
    },
    're-sending free tickets': async (buyer: Buyer) => {
      const ref = await placed(free, buyer);
      const notice = { ...ref, emailId: newId('dlv'), whatsappId: newId('dlv') };
      await queueOrderDeliveries(world.db, 'tickets', [notice], { resend: true });
    },
    'a code by mail': (buyer: Buyer) => code(buyer, 'email'),
    'a code by WhatsApp': (buyer: Buyer) => code(buyer, 'whatsapp'),
    'a link for staff': async (buyer: Buyer) => {
      const organizer = await createOrganizer(world.db);
      const [staffId, tokenId] = [newId('stf'), newId('tok')];
      // One address has one member. Another spelling of the mailbox is another address.
      const email = buyer.email.replace('@', `+${staffId.toLowerCase()}@`);
      await world.db.execute(sql`
        insert into staff (id, organizer_id, email, name, role, status) values (${staffId}, ${organizer.id}, ${email}, 'X', 'door', 'invited')`);
      await world.db.execute(sql`
        insert into staff_tokens (id, staff_id, purpose, expires_at) values (${tokenId}, ${staffId}, 'invitation', now() + interval '1 day')`);
      return notifyStaff({ ...world.deps }, 'staff_invitation', { tokenId });
    },
    'a report that is ready': async (buyer: Buyer) => {
      const organizer = await createOrganizer(world.db);
      const memberId = newId('stf');
      const email = buyer.email.replace('@', `+${memberId.toLowerCase()}@`);
      await world.db.execute(sql`
        insert into staff (id, organizer_id, email, name, role, status, password_hash)
        values (${memberId}, ${organizer.id}, ${email}, 'X', 'manager', 'active', '$scrypt$none')`);
      const report = {
        template: 'report_ready',
        subjectId: newId('rpt'),
        organizerId: organizer.id,
        memberId,
      } as const;
      await transaction(world.db, (tx) => notifyMember({ ...world.deps }, tx, report));
    },
  } satisfies Record<string, (buyer: Buyer) => Promise<unknown>>;

  async function endHold({ eventId, orderId }: { eventId: string; orderId: string }, by: 'buyer' | 'organizer') {
    await transaction(world.db, async (tx) => {
      const locked = await lockOrder(tx, eventId, orderId);
      if (locked === undefined) throw new Error('the order is gone');
      await withdrawOrder(tx, withdraw, locked, by);
      await releaseHold(tx, locked);
    });
  }

  async function code(buyer: Buyer, channel: 'email' | 'whatsapp') {
    const verificationId = newId('ver');
    const key = buyerKey(
      notificationConfig.HASH_SECRET,
      channel === 'email' ? 'email' : 'phone',
      channel === 'email' ? buyer.email : buyer.phone,
    );
    await world.db.execute(sql`
      insert into buyer_verifications (id, channel, account_key, target_sealed, locale, organizer_id, event_id, expires_at)
      values (${verificationId}, ${channel}, ${key}, 'x', 'id', ${free.organizer.id}, ${free.id}, now() + interval '10 minutes')`);
    return notifyBuyer(world.deps, { verificationId });
  }

  return { free, priced, placed, sentTo, ways };
}
