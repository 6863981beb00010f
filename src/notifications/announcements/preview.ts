import { eq } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { eventIn } from '../../catalog/index.ts';
import { events, organizerProfiles } from '../../catalog/tables.ts';
import type { Config } from '../../config.ts';
import { sha256Hex } from '../../platform/crypto.ts';
import { invariant } from '../../platform/assert.ts';
import { ownInvalidations } from '../../platform/invalidation/invalidations.ts';
import type { Db } from '../../platform/database/db.ts';
import { money } from '../../platform/text/money.ts';
import { type SellerRow, sellerColumns, sellerOf } from '../deliveries/seller.ts';
import { createRenderText } from '../message-texts/render-text.ts';
import { announcementMail, announcementMessage } from '../templates/announcement.ts';
import type { OrderMailData } from '../templates/order-mail.ts';
import type { Reach } from './audience.ts';
import type { Announcement } from './tables.ts';

export type PreviewDeps = { readonly db: Db; readonly config: Pick<Config, 'PUBLIC_URL' | 'HASH_SECRET'> };

const sampleName = 'Ayu Lestari';
const sampleCode = 'XXXXX-XXXXX';

/** An announcement as an invented buyer reads it, in one language. */
export type Preview = {
  readonly locale: 'id' | 'en';
  readonly email: { readonly subject: string; readonly text: string; readonly html: string } | null;
  readonly whatsapp: { readonly text: string } | null;
};

/** The present text of an announcement, in both languages, on its channels. */
export async function previewOf(deps: PreviewDeps, announcement: Announcement): Promise<Preview[]> {
  const [row] = await deps.db
    .select({ event: events, organizerName: organizers.name, seller: sellerColumns })
    .from(events)
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .leftJoin(organizerProfiles, eq(organizerProfiles.organizerId, events.organizerId))
    .where(eq(events.id, announcement.eventId));
  invariant(row !== undefined, `event ${announcement.eventId} is gone`);
  const renderText = createRenderText({
    db: deps.db,
    publicUrl: deps.config.PUBLIC_URL,
    invalidations: ownInvalidations(),
  });
  const { channels } = announcement;
  return Promise.all(
    (['id', 'en'] as const).map(async (locale): Promise<Preview> => {
      const data = sampleData(deps.config, { ...row, locale });
      const mail = announcementMail(announcement, data, `${deps.config.PUBLIC_URL}/v1/unsubscriptions/`);
      const message = announcementMessage(announcement, data);
      return {
        locale,
        email: channels.includes('email') ? { subject: mail.subject, text: mail.text, html: mail.html } : null,
        whatsapp: channels.includes('whatsapp') ? { text: await renderText(announcement.organizerId, message) } : null,
      };
    }),
  );
}

/** Identifies exactly this message to exactly these recipients. */
export const digestOf = (previews: readonly Preview[], { fingerprint }: Reach): string =>
  sha256Hex(JSON.stringify([previews, fingerprint]));

/** An invented order of the event. */
export function sampleData(
  { PUBLIC_URL }: Pick<Config, 'PUBLIC_URL'>,
  sample: {
    readonly event: typeof events.$inferSelect;
    readonly organizerName: string;
    readonly seller: SellerRow;
    readonly locale: 'id' | 'en';
  },
): OrderMailData {
  const { organizerName, locale } = sample;
  const event = eventIn(locale, sample.event);
  const nothing = money(0, event.currency);
  return {
    locale,
    buyerName: sampleName,
    organizerName,
    seller: sellerOf(PUBLIC_URL, sample),
    event,
    orderCode: sampleCode,
    link: `${PUBLIC_URL}/orders/`,
    lines: [],
    discount: nothing,
    fees: nothing,
    total: nothing,
    tickets: [],
    liveTickets: 0,
    expiresAt: event.startsAt,
    isPaid: false,
    isRefunded: false,
    hasWallets: false,
    calendar: { text: '', method: 'PUBLISH' },
  };
}
