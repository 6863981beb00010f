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
    canRejoin: 'Anda boleh berdiri lagi di ujung antrean, dengan alamat yang sama. Nomor lama lalu tidak berlaku lagi.',
    mustWait:
      'Sekarang tidak ada yang dipanggil. Bila pemanggilan berlanjut, Anda boleh berdiri lagi di ujung antrean; setelah ruang tunggu selesai, sisanya dijual tanpa antrean.',
    rejoin: 'Antre lagi dari belakang',
  },
  en: {
    after: (minutes) =>
      `Your number was called, and not used within ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    canRejoin: 'You may stand at the end of the line again, with the same address. The old number then counts no more.',
    mustWait:
      'Nobody is called now. When calling goes on, you may stand at the end of the line again; once the waiting room is over, what is left is sold without a line.',
    rejoin: 'Stand at the end of the line again',
  },
};
