import { formatDateTime } from '../../platform/text/format-time.ts';
import type { Mail } from '../channel.ts';
import { eventFacts, priceFacts } from './parts/order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { noticeMail } from './order-notice.ts';

type Words = {
  readonly subject: (event: string) => string;
  readonly kicker: string;
  readonly lead: (event: string, until: string) => string;
  readonly notYou: string;
};

const words: Readonly<Record<'id' | 'en', Words>> = {
  id: {
    subject: (event) => `Menunggu pembayaran: ${event}`,
    kicker: 'Menunggu pembayaran',
    lead: (event, until) => `Tiket Anda untuk ${event} ditahan sampai ${until}. Buka pesanan untuk membayar.`,
    notYou: 'Tidak memesan? Abaikan saja pesan ini: tanpa pembayaran, tiketnya kembali dijual dan Anda tidak ditagih.',
  },
  en: {
    subject: (event) => `Waiting for payment: ${event}`,
    kicker: 'Waiting for payment',
    lead: (event, until) => `Your tickets for ${event} are held until ${until}. Open the order to pay.`,
    notYou: 'You did not order this? Ignore this message: unpaid tickets go back on sale, and you are charged nothing.',
  },
};

/** An order waits for payment. The mail has its link, in case the page was closed. */
export function orderPlacedMail(data: OrderMailData): Mail {
  const say = words[data.locale];
  const until = formatDateTime(data.expiresAt, data.event.timeZone, data.locale);
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(data.event.name),
    lead: say.lead(data.event.name, until),
    more: say.notYou,
    facts: [...eventFacts(data), ...priceFacts(data)],
    privacy: true,
  });
}
