import { formatDateTime } from '../../platform/text/format-time.ts';
import type { Mail } from '../channel.ts';
import { button, mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { words } from './parts/words.ts';

export type ReportMailData = {
  readonly locale: 'id' | 'en';
  /** Undefined if the stored text is no name of a person. */
  readonly name: string | undefined;
  readonly organizerName: string;
  readonly kind: 'attendees' | 'orders' | 'payments' | 'refunds' | 'check_ins' | 'deliveries';
  /** Undefined for all events. */
  readonly eventName: string | undefined;
  readonly rows: number;
  /** The page that takes the secret in its fragment. */
  readonly link: string;
  readonly expiresAt: Date;
  readonly timeZone: string;
};

type Words = {
  readonly kinds: Readonly<Record<ReportMailData['kind'], string>>;
  readonly subject: (kind: string) => string;
  readonly kicker: string;
  readonly title: (kind: string) => string;
  readonly lead: (kind: string, event: string | undefined, rows: string, isOne: boolean) => string;
  readonly action: string;
  readonly until: (time: string) => string;
  readonly isPrivate: string;
};

const reportWords: Readonly<Record<'id' | 'en', Words>> = {
  id: {
    kinds: {
      attendees: 'Pengunjung',
      orders: 'Pesanan',
      payments: 'Pembayaran',
      refunds: 'Pengembalian dana',
      check_ins: 'Check-in',
      deliveries: 'Pesan terkirim',
    },
    subject: (kind) => `Laporan siap: ${kind}`,
    kicker: 'Laporan',
    title: (kind) => `${kind}: laporan siap`,
    lead: (kind, event, rows) => `Laporan "${kind}" untuk ${event ?? 'semua acara'} sudah siap. Isinya ${rows} baris.`,
    action: 'Unduh laporan',
    until: (time) => `Tautan ini berlaku sampai ${time}.`,
    isPrivate:
      'Laporan ini berisi data pribadi pembeli. Jangan teruskan tautannya, dan hapus berkasnya bila tidak diperlukan lagi.',
  },
  en: {
    kinds: {
      attendees: 'Attendees',
      orders: 'Orders',
      payments: 'Payments',
      refunds: 'Refunds',
      check_ins: 'Check-ins',
      deliveries: 'Messages sent',
    },
    subject: (kind) => `Report ready: ${kind}`,
    kicker: 'Report',
    title: (kind) => `${kind}: your report is ready`,
    lead: (kind, event, rows, isOne) =>
      `The report "${kind}" for ${event ?? 'all events'} is ready. It has ${rows} ${isOne ? 'row' : 'rows'}.`,
    action: 'Download the report',
    until: (time) => `This link works until ${time}.`,
    isPrivate:
      'This report holds personal data of buyers. Do not pass the link on, and delete the file once it is not needed any more.',
  },
};

/** The mail with the link to a report's file. */
export function reportReadyMail(data: ReportMailData): Mail {
  const { locale, link } = data;
  const say = reportWords[locale];
  const hello = words[locale].hello(data.name);
  const kind = say.kinds[data.kind];
  const rows = new Intl.NumberFormat(locale).format(data.rows);
  const lead = say.lead(kind, data.eventName, rows, data.rows === 1);
  const until = say.until(formatDateTime(data.expiresAt, data.timeZone, locale));
  return {
    subject: say.subject(kind),
    text: [hello, lead, `${say.action}: ${link}`, until, say.isPrivate].join('\n\n'),
    html: mailFrame({
      locale,
      preview: lead,
      kicker: say.kicker,
      title: say.title(kind),
      body: [
        paragraph(hello),
        paragraph(lead),
        button(say.action, link),
        softParagraph(until),
        softParagraph(say.isPrivate),
      ],
      footer: `antre · ${data.organizerName}`,
    }),
    attachments: [],
  };
}
