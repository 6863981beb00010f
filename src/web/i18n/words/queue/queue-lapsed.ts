import type { InEach } from '../../language.ts';

/** Words for a buyer whose turn has passed. */
type LapsedWords = {
  readonly after: (minutes: number) => string;
  /** What to do next, while the line moves and while it does not. */
  readonly canRejoin: string;
  readonly mustWait: string;
  readonly rejoin: string;
};

export const lapsedWords: InEach<LapsedWords> = {
  id: {
    after: (minutes) => `Nomor Anda dipanggil, dan tidak dipakai dalam ${minutes} menit.`,
    canRejoin: 'Anda boleh antre lagi dari belakang, dengan alamat yang sama. Nomor lama lalu tidak berlaku lagi.',
    mustWait:
      'Sekarang tidak ada yang dipanggil. Bila pemanggilan berlanjut, Anda boleh antre lagi dari belakang; setelah ruang tunggu selesai, sisanya dijual tanpa antrean.',
    rejoin: 'Antre lagi dari belakang',
  },
  en: {
    after: (minutes) =>
      `Your number was called, and not used within ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    canRejoin:
      'You may join again at the end of the line, with the same address. Your old number is then no longer valid.',
    mustWait:
      'Nobody is called now. When calling goes on, you may join again at the end of the line; once the waiting room is over, what is left is sold without a line.',
    rejoin: 'Join again at the end of the line',
  },
};
