import type { InEach } from '../../language.ts';

/** States of things, by the words of the API. */
export const statusWords: InEach<Readonly<Record<string, string>>> = {
  id: {
    draft: 'Draf',
    published: 'Tampil',
    cancelled: 'Dibatalkan',
  },
  en: {
    draft: 'Draft',
    published: 'Published',
    cancelled: 'Called off',
  },
};
