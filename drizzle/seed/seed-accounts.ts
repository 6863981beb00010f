import { sql } from 'drizzle-orm';
import { demoMidtransAccount, demoWhatsappSender } from '../../sandbox/demo-accounts.ts';
import { createPasswords } from '../../src/access/sessions/passwords.ts';
import type { Role } from '../../src/access/actor.ts';
import { organizers, staff } from '../../src/access/tables.ts';
import { organizerProfiles } from '../../src/catalog/tables.ts';
import { senders } from '../../src/notifications/tables.ts';
import { accountContext } from '../../src/payments/accounts/payment-accounts.ts';
import { paymentAccounts } from '../../src/payments/tables.ts';
import { encrypt } from '../../src/platform/crypto.ts';
import type { Db } from '../../src/platform/database/db.ts';
import { demoId } from './demo-id.ts';

export const demoPassword = 'demo-password-please-change';
export const demoOrganizerSlug = 'demo';

const members: readonly { email: string; name: string; role: Role }[] = [
  { email: 'owner@demo.test', name: 'Sari Wulandari', role: 'owner' },
  { email: 'manager@demo.test', name: 'Rangga Saputra', role: 'manager' },
  { email: 'staff@demo.test', name: 'Tono Hartono', role: 'door' },
];

/** Creates the demo organiser, its staff (all with the published password), and the sandbox's accounts. @returns the organiser's id */
export async function seedAccounts(db: Db, encryptionKey: string): Promise<string> {
  const organizerId = await seedOrganizer(db);
  await seedStaff(db, organizerId);
  await seedPaymentAccount(db, organizerId, encryptionKey);
  await seedSender(db, encryptionKey);
  return organizerId;
}

async function seedOrganizer(db: Db): Promise<string> {
  const id = demoId('org', demoOrganizerSlug);
  await db
    .insert(organizers)
    .values({ id, slug: demoOrganizerSlug, name: 'Panggung Nusantara' })
    .onConflictDoNothing({ target: organizers.id });
  await db
    .insert(organizerProfiles)
    .values({ organizerId: id, ...profile })
    .onConflictDoNothing({ target: organizerProfiles.organizerId });
  return id;
}

const profile = {
  contactEmail: 'halo@panggung.example',
  contactPhone: '+62 21 555 0142',
  privacyId:
    'Panggung Nusantara memakai nama, email dan nomor telepon Anda untuk pesanan ini: mengirim tiket, memberi tahu perubahan acara, dan mengembalikan dana.\n\nData dihapus setelah jangka waktu yang diwajibkan undang-undang perpajakan. Anda dapat meminta salinan atau penghapusan lewat email kontak kami.',
  privacyEn:
    'Panggung Nusantara uses your name, email and phone number for this order: to send tickets, to tell you about changes, and to refund you.\n\nData is deleted after the time that tax law asks for. You can ask for a copy or for deletion by our contact email.',
  termsId:
    'Satu tiket berlaku untuk satu orang dan satu kali masuk.\n\nBila acara dibatalkan, harga tiket dikembalikan melalui cara bayar yang sama.',
  termsEn: 'A ticket admits one person once.\n\nIf the event is called off, the price is refunded the way it was paid.',
};

async function seedStaff(db: Db, organizerId: string): Promise<void> {
  const passwordHash = await hashDemoPassword();
  const rows = members.map((member) => ({
    ...member,
    id: demoId('stf', member.email),
    organizerId,
    status: 'active' as const,
    passwordHash,
    isDemo: true,
  }));
  await db
    .insert(staff)
    .values(rows)
    .onConflictDoUpdate({
      target: staff.id,
      set: { role: sql`excluded.role`, status: 'active', passwordHash: sql`excluded.password_hash` },
    });
}

/** Cheap, because an expensive hash cannot protect a published password. */
const cheap = { ln: 8, r: 8, p: 1 };
const hashTries = 10;

/** Members share one hash, since their password is public. A busy machine may be too slow for the first tries. */
async function hashDemoPassword(): Promise<string> {
  const passwords = createPasswords(cheap);
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await passwords.hash(demoPassword);
      } catch (error) {
        if (tries === hashTries) throw error;
      }
    }
  } finally {
    await passwords.close();
  }
}

async function seedPaymentAccount(db: Db, organizerId: string, encryptionKey: string): Promise<void> {
  const { merchantId, serverKey, clientKey } = demoMidtransAccount;
  const credentials = encrypt(
    encryptionKey,
    JSON.stringify({ serverKey, clientKey }),
    accountContext('midtrans', organizerId),
  );
  await db
    .insert(paymentAccounts)
    .values({ organizerId, gateway: 'midtrans', merchantId, credentials })
    .onConflictDoUpdate({
      target: [paymentAccounts.organizerId, paymentAccounts.gateway],
      set: { merchantId, credentials, updatedAt: sql`now()` },
    });
}

/** The platform's own number. Organisers without a number of their own send from it. */
export async function seedSender(db: Db, encryptionKey: string): Promise<void> {
  const { phoneNumberId, accessToken, appSecret, verifyToken } = demoWhatsappSender;
  const id = demoId('snd', phoneNumberId);
  const credentials = encrypt(encryptionKey, JSON.stringify({ accessToken, appSecret, verifyToken }), `sender:${id}`);
  await db
    .insert(senders)
    .values({ id, organizerId: null, kind: 'whatsapp_cloud', externalId: phoneNumberId, credentials })
    .onConflictDoUpdate({
      target: senders.id,
      set: { credentials, status: 'active', coolingUntil: null },
    });
}
