import type { InEach } from '../../language.ts';

/** The buttons that put a ticket into a wallet. The names of the wallets stay as their makers write them. */
const id = {
  apple: 'Tambahkan ke Apple Wallet',
  google: 'Tambahkan ke Google Wallet',
  failed: 'Tiket belum dapat ditambahkan. Coba lagi sebentar lagi.',
  note: 'Kartu di ponsel tidak diperbarui sendiri. Bila tiket dikembalikan atau diberikan kepada orang lain, kodenya ditolak di pintu.',
};

const en: typeof id = {
  apple: 'Add to Apple Wallet',
  google: 'Add to Google Wallet',
  failed: 'The ticket could not be added. Try again in a moment.',
  note: 'A pass in your phone does not update itself. If the ticket is refunded or given to somebody else, the door refuses its code.',
};

export const walletWords: InEach<typeof id> = { id, en };
