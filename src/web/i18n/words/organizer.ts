import type { InEach } from '../language.ts';

/** The organiser's details beside an order. */
const id = {
  privacy: 'Kebijakan privasi',
  terms: 'Syarat dan ketentuan',
  readFirst: (name: string) => `Dari ${name}:`,
  questions: (name: string) => `Ada pertanyaan? Hubungi ${name}:`,
  backToEvent: 'Kembali ke acara',
};

const en: typeof id = {
  privacy: 'Privacy notice',
  terms: 'Terms',
  readFirst: (name) => `From ${name}:`,
  questions: (name) => `Questions? Contact ${name}:`,
  backToEvent: 'Back to the event',
};

export const organizerWords: InEach<typeof id> = { id, en };
