import type { InEach } from '../language.ts';

/** The phone field, on every page that has one. */
type PhoneWords = {
  readonly country: string;
  /** @param country its name; empty if the number belongs to none */
  readonly reading: (number: string, country: string) => string;
};

export const phoneWords: InEach<PhoneWords> = {
  id: {
    country: 'Negara nomor',
    reading: (number, country) =>
      `Nomor Anda: ${number}${country === '' ? '' : ` (${country})`}. Pastikan sudah benar.`,
  },
  en: {
    country: 'Country of the number',
    reading: (number, country) =>
      `Your number: ${number}${country === '' ? '' : ` (${country})`}. Make sure it is right.`,
  },
};
