import { sql } from 'drizzle-orm';
import { organizerProfiles } from '../../catalog/tables.ts';
import type { Composed } from '../channel.ts';
import type { Seller } from '../templates/order-mail.ts';

/** The organizer's data in a message. The query joins `organizer_profiles` from the left. */
export const sellerColumns = {
  // As SQL: drizzle makes an object of columns null when the joined row is missing.
  email: sql<string | null>`${organizerProfiles.contactEmail}`,
  phone: sql<string | null>`${organizerProfiles.contactPhone}`,
  hasPrivacy: sql<boolean>`coalesce(${organizerProfiles.privacyId} || ${organizerProfiles.privacyEn} <> '', false)`,
  hasTerms: sql<boolean>`coalesce(${organizerProfiles.termsId} || ${organizerProfiles.termsEn} <> '', false)`,
};

export type SellerRow = Pick<Seller, 'email' | 'phone'> & { readonly hasPrivacy: boolean; readonly hasTerms: boolean };

/** The pages of the texts are below the event. */
export function sellerOf(
  publicUrl: string,
  { event, seller }: { readonly event: { readonly slug: string }; readonly seller: SellerRow },
): Seller {
  const page = `${publicUrl}/events/${event.slug}`;
  return {
    email: seller.email,
    phone: seller.phone,
    ...(seller.hasPrivacy ? { privacyLink: `${page}/privacy` } : {}),
    ...(seller.hasTerms ? { termsLink: `${page}/terms` } : {}),
  };
}

/** Answers of people who hold or want tickets go to the organizer, not to the sender's address, which nobody reads. */
export function withReplyTo(
  composed: Composed | undefined,
  { seller, organizerName }: { readonly seller: Pick<SellerRow, 'email'>; readonly organizerName: string },
): Composed | undefined {
  if (composed?.channel !== 'email' || seller.email === null) return composed;
  return { ...composed, mail: { ...composed.mail, replyTo: { name: organizerName, address: seller.email } } };
}
