import type { InEach } from '../language.ts';

/**
 * The wordings of the consent to news. The version is stored with each consent. A wording never changes: new words get
 * a new version, and the old ones stay here as the record of what each buyer agreed to.
 */
export const newsWordings = {
  '2026-11': {
    id: 'Kabari saya acara lain dari penyelenggara ini lewat email dan WhatsApp. Saya bisa berhenti kapan saja.',
    en: 'Tell me about other events of this organiser by email and WhatsApp. I can stop at any time.',
  },
} as const satisfies Readonly<Record<string, InEach<string>>>;

/** The wording that the order form shows now. */
export const newsWordingNow: keyof typeof newsWordings = '2026-11';
