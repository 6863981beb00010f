import { formatDateTime } from '../../platform/text/format-time.ts';
import { reportKindNames } from '../../platform/text/report-kind-names.ts';
import type { Mail } from '../channel.ts';
import { button, mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { words } from './parts/words.ts';

type ReadyReport = {
  readonly status: 'ready';
  readonly rows: number;
  /** The page that takes the secret in its fragment. */
  readonly link: string;
  readonly expiresAt: Date;
  readonly timeZone: string;
};

type FailedReport = {
  readonly status: 'failed';
  /** Another try would end the same way: it has too many rows. */
  readonly isTooLarge: boolean;
  /** The desk's page of reports. */
  readonly link: string;
};

export type ReportMailData = {
  readonly locale: 'id' | 'en';
  /** Undefined if the stored text is no name of a person. */
  readonly name: string | undefined;
  readonly organizerName: string;
  readonly kind: keyof (typeof reportKindNames)['id'];
  /** Undefined for all events. */
  readonly eventName: string | undefined;
  readonly report: ReadyReport | FailedReport;
};

const id = {
  kicker: 'Laporan',
  allEvents: 'semua acara',
  ready: {
    subject: (kind: string) => `Laporan siap: ${kind}`,
    title: (kind: string) => `${kind}: laporan siap`,
    lead: (kind: string, event: string, rows: string, _isOne: boolean) =>
      `Laporan "${kind}" untuk ${event} sudah siap. Isinya ${rows} baris.`,
    action: 'Unduh laporan',
    until: (time: string) => `Tautan ini berlaku sampai ${time}.`,
    isPrivate:
      'Laporan ini berisi data pribadi pembeli. Jangan teruskan tautannya, dan hapus berkasnya bila tidak diperlukan lagi.',
  },
  failed: {
    subject: (kind: string) => `Laporan gagal dibuat: ${kind}`,
    title: (kind: string) => `${kind}: laporan gagal dibuat`,
    lead: (kind: string, event: string) =>
      `Laporan "${kind}" untuk ${event} gagal dibuat, juga setelah beberapa kali percobaan. Data Anda tidak berubah.`,
    tooLarge: (kind: string, event: string) =>
      `Laporan "${kind}" untuk ${event} tidak dapat dibuat: isinya lebih dari lima juta baris, terlalu banyak untuk lembar kerja.`,
    next: 'Mintalah laporan ini sekali lagi di meja kerja. Bila gagal lagi, hubungi pengelola layanan.',
    smaller: 'Mintalah lebih sedikit baris: satu acara saja, atau rentang waktu yang lebih pendek melalui API.',
    action: 'Buka laporan',
  },
};

const en: typeof id = {
  kicker: 'Report',
  allEvents: 'all events',
  ready: {
    subject: (kind) => `Report ready: ${kind}`,
    title: (kind) => `${kind}: your report is ready`,
    lead: (kind, event, rows, isOne) =>
      `The report "${kind}" for ${event} is ready. It has ${rows} ${isOne ? 'row' : 'rows'}.`,
    action: 'Download the report',
    until: (time) => `This link works until ${time}.`,
    isPrivate:
      'This report holds personal data of buyers. Do not pass the link on, and delete the file once it is not needed any more.',
  },
  failed: {
    subject: (kind) => `Report failed: ${kind}`,
    title: (kind) => `${kind}: your report could not be made`,
    lead: (kind, event) =>
      `The report "${kind}" for ${event} could not be made, also after several tries. Your data has not changed.`,
    tooLarge: (kind, event) =>
      `The report "${kind}" for ${event} cannot be made: it has more than five million rows, too many for a spreadsheet.`,
    next: 'Ask for the report once more at the desk. If it fails again, tell the operator of the service.',
    smaller: 'Ask for fewer rows: one event, or a shorter period through the API.',
    action: 'Open reports',
  },
};

const reportWords = { id, en };

/** The mail to the member who waits for a report: with the link to its file, or why there is none. */
export function reportMail(data: ReportMailData): Mail {
  const { locale, report, eventName } = data;
  const say = reportWords[locale];
  const kind = reportKindNames[locale][data.kind];
  const event = eventName ?? say.allEvents;
  const hello = words[locale].hello(data.name);
  const { lead, more } =
    report.status === 'ready' ? readyText(locale, kind, event, report) : failedText(locale, kind, event, report);
  const { subject, title, action } = say[report.status];
  return {
    subject: subject(kind),
    text: [hello, lead, `${action}: ${report.link}`, ...more].join('\n\n'),
    html: mailFrame({
      locale,
      preview: lead,
      kicker: say.kicker,
      title: title(kind),
      body: [paragraph(hello), paragraph(lead), button(action, report.link), ...more.map(softParagraph)],
      footer: `antre · ${data.organizerName}`,
    }),
    attachments: [],
  };
}

type Text = { readonly lead: string; readonly more: readonly string[] };

function readyText(locale: 'id' | 'en', kind: string, event: string, report: ReadyReport): Text {
  const say = reportWords[locale].ready;
  const rows = new Intl.NumberFormat(locale).format(report.rows);
  const until = say.until(formatDateTime(report.expiresAt, report.timeZone, locale));
  return { lead: say.lead(kind, event, rows, report.rows === 1), more: [until, say.isPrivate] };
}

function failedText(locale: 'id' | 'en', kind: string, event: string, { isTooLarge }: FailedReport): Text {
  const say = reportWords[locale].failed;
  const lead = isTooLarge ? say.tooLarge(kind, event) : say.lead(kind, event);
  return { lead, more: [isTooLarge ? say.smaller : say.next] };
}
