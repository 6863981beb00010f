import type { InEach, Language } from '../../language.ts';

/** What a member reads for a refusal of the organiser's API, by problem code. */
const byCode: InEach<Readonly<Record<string, string>>> = {
  id: {
    'request.invalid': 'Ada isian yang belum benar.',
    'session.refused': 'Email atau kata sandi tidak benar.',
    'access.forbidden': 'Peran Anda tidak mengizinkan ini.',
    'event.slug_taken': 'Alamat ini sudah dipakai acara lain. Pilih alamat lain.',
    'event.changed_meanwhile':
      'Orang lain mengubah acara ini sejak Anda membukanya. Buka lagi halamannya, lalu ulangi perubahan Anda.',
    'event.cancelled': 'Acara yang sudah dibatalkan tidak dapat diubah lagi.',
    'event.has_orders': 'Tiket acara ini sudah dipesan. Acara dapat dibatalkan, tetapi tidak ditarik kembali.',
    'event.not_publishable': 'Acara ini belum siap ditampilkan.',
    'catalog.limit_reached': 'Jumlah paling banyak sudah tercapai.',
    'traffic.rate_limited': 'Terlalu banyak permintaan dari jaringan Anda. Tunggu sebentar, lalu coba lagi.',
    'service.overloaded': 'Sedang sangat ramai. Tunggu sebentar, lalu coba lagi.',
    'service.unavailable': 'Layanan sedang terganggu. Tidak ada yang diubah; coba lagi sebentar lagi.',
    'service.busy': 'Sedang sangat ramai. Coba lagi sebentar lagi.',
    network: 'Layanan tidak menjawab. Periksa apakah perubahan Anda sudah tersimpan sebelum mencoba lagi.',
    internal: 'Ada yang salah di sisi kami.',
  },
  en: {
    'request.invalid': 'Some of this is not right yet.',
    'session.refused': 'The email address or the password is not right.',
    'access.forbidden': 'Your role does not allow this.',
    'event.slug_taken': 'Another event has this address. Choose another one.',
    'event.changed_meanwhile':
      'Somebody else changed this event since you opened it. Open the page again, and repeat your change.',
    'event.cancelled': 'An event that was called off does not change any more.',
    'event.has_orders': 'Tickets of this event were ordered. It can be called off, but not withdrawn.',
    'event.not_publishable': 'The event is not ready for the public yet.',
    'catalog.limit_reached': 'There can be no more of these.',
    'traffic.rate_limited': 'Too many requests come from your network. Wait a moment, then try again.',
    'service.overloaded': 'It is very busy. Wait a moment, then try again.',
    'service.unavailable': 'The service is disturbed. Nothing was changed; try again in a moment.',
    'service.busy': 'It is very busy. Try again in a moment.',
    network: 'The service did not answer. Check whether your change was saved before you try again.',
    internal: 'Something went wrong on our side.',
  },
};

const limited: InEach<(seconds: number) => string> = {
  id: (seconds) =>
    `Terlalu banyak percobaan. Coba lagi dalam ${seconds < 90 ? `${seconds} detik` : `${Math.ceil(seconds / 60)} menit`}.`,
  en: (seconds) =>
    `Too many tries. Try again in ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`}.`,
};

const unnamed: InEach<(detail: string, requestId: string | undefined) => string> = {
  id: (_detail, requestId) => `Ini tidak dapat dilakukan sekarang.${requestId === undefined ? '' : ` (${requestId})`}`,
  en: (detail) => detail,
};

type Problem = {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
};

/** The sentence for a refusal. A code without a sentence of its own shows the API's, which is English. */
export function refusalText(problem: Problem, language: Language): string {
  const own = byCode[language][problem.code];
  if (own !== undefined) return own;
  if (problem.status === 429) return limited[language](Math.ceil(problem.retryAfterSeconds ?? 60));
  return unnamed[language](problem.message, problem.requestId);
}
