import type { CheckName } from '../../../client/queue/verify-place.ts';
import { type InEach, countedEn } from '../../language.ts';

/** The verification of one's own place, for people who do not know what a hash is. */
type VerifyWords = {
  readonly title: string;
  readonly lead: string;
  readonly points: readonly string[];
  readonly why: string;
  readonly more: string;
  readonly docs: string;
  readonly start: string;
  readonly again: string;
  readonly working: string;
  readonly notYet: string;
  readonly noPlace: string;
  readonly unreachable: string;
  readonly allRight: (number: string, places: string) => string;
  readonly someOpen: (number: string, places: string) => string;
  readonly wrong: string;
  readonly late: (number: string) => string;
  readonly testBeacon: string;
  readonly repeated: (number: number) => string;
  readonly checks: Readonly<Record<CheckName, string>>;
  readonly verdicts: Readonly<Record<'right' | 'wrong' | 'open', string>>;
  readonly openText: Readonly<Partial<Record<CheckName, string>>>;
};

export const verifyWords: InEach<VerifyWords> = {
  id: {
    title: 'Periksa tempat saya',
    lead: 'Anda tidak perlu mempercayai kami. Perangkat Anda dapat mengulang undian untuk nomor Anda.',
    points: [
      'Sebelum antrean dibuka, kami mengunci satu angka rahasia dengan mengumumkan sidik jarinya, dan menyebut satu angka acak publik yang baru ada setelah daftar dikunci.',
      'Saat dikunci, seluruh daftar diringkas menjadi satu sidik jari. Satu baris saja yang berubah akan mengubahnya.',
      'Nomor semua orang dihitung dari kedua angka dan sidik jari itu. Siapa pun dapat menghitungnya lagi.',
    ],
    why: 'Mengapa undian ini dapat dipercaya?',
    more: 'Siapa pun dapat mengulang seluruh undian: caranya, dengan contoh angka, ada di docs/features/draw.md pada kode sumber, dan datanya di',
    docs: 'dokumentasi API',
    start: 'Periksa sekarang',
    again: 'Periksa lagi',
    working: 'Memeriksa…',
    notYet: 'Belum ada yang dapat diperiksa: undian belum selesai.',
    noPlace: 'Perangkat ini tidak memegang tempat. Ambil tempat, atau masuk lagi dengan alamat yang sama.',
    unreachable: 'Data undian tidak dapat diambil sekarang. Coba lagi sebentar lagi.',
    allRight: (number, places) => `Semua langkah benar. Dari ${places} tempat, nomor Anda ${number}.`,
    someOpen: (number, places) =>
      `Tidak ada yang salah. Dari ${places} tempat, nomor Anda ${number}. Yang bertanda tanya tidak dapat dipastikan oleh perangkat ini.`,
    wrong: 'Ada yang tidak cocok. Simpan halaman ini dan tanyakan kepada penyelenggara.',
    late: (number) => `Tempat Anda datang setelah undian, jadi nomornya menurut urutan datang: ${number}.`,
    repeated: (number) =>
      `Ini undian ke-${number}. Yang sebelumnya dibatalkan secara terbuka; semuanya tetap dapat dilihat di data undian.`,
    testBeacon: 'Angka acaknya dari sumber percobaan, bukan drand: hanya untuk demo.',
    checks: {
      seed: 'Angka rahasia yang dibuka sama dengan yang dikunci sebelum antrean dibuka',
      promise: 'Perangkat Anda sendiri melihat kuncian itu sebelum angka acak ada, dan tidak berubah',
      list: 'Anda ada di daftar yang dikunci, di baris Anda, dan sidik jarinya cocok',
      root: 'Perangkat Anda sendiri melihat sidik jari daftar itu sebelum angka acak ada',
      times: 'Dijanjikan, dikunci, dan diringkas sebelum angka acak ada',
      beacon: 'Angka acak itu asli: ditandatangani sumbernya',
      key: 'Kunci undian dihitung dari angka-angka itu, bukan yang lain',
      position: 'Nomor yang ditampilkan halaman ini adalah hasil hitungan itu',
    },
    verdicts: { right: 'Benar', wrong: 'Salah', open: 'Tidak dapat dipastikan' },
    openText: {
      promise: 'Halaman ini pertama kali dibuka di perangkat ini setelah angka acak ada.',
      root: 'Halaman ini tidak terbuka di perangkat ini pada saat itu.',
      list: 'Tempat Anda datang setelah daftar dikunci.',
      position: 'Nomor belum ditampilkan.',
    },
  },
  en: {
    title: 'Verify my place',
    lead: 'You do not have to trust us. Your device can repeat the draw for your number.',
    points: [
      'Before the line opened we locked in a secret number by publishing its fingerprint, and named one public random number that exists only after the list is frozen.',
      'At the freeze, the whole list gets one fingerprint. A single changed line would change it.',
      'Everybody’s number is computed from those two numbers and that fingerprint. Anybody can repeat the computation.',
    ],
    why: 'Why can this draw be trusted?',
    more: 'Anybody can repeat the whole draw. docs/features/draw.md in the source code says how, with example numbers; the data is in the',
    docs: 'API documentation',
    start: 'Check now',
    again: 'Check again',
    working: 'Checking…',
    notYet: 'There is nothing to check yet: the draw is not done.',
    noPlace: 'This device holds no place. Take one, or join again with the same address.',
    unreachable: 'The data of the draw could not be loaded. Try again in a moment.',
    allRight: (number, places) => `Every step is correct. Of ${countedEn(places, 'place')}, yours is number ${number}.`,
    someOpen: (number, places) =>
      `Nothing is wrong. Of ${countedEn(places, 'place')}, yours is number ${number}. This device could not check the steps with a question mark.`,
    wrong: 'Something does not match. Keep this page open, and ask the organiser.',
    late: (number) => `You joined after the draw, so your number follows the order of joining: ${number}.`,
    repeated: (number) =>
      `This is draw number ${number}. Earlier ones were void, in public; all of them stay in the data of the draw.`,
    testBeacon: 'The random number comes from a test source, not from drand: only for demos.',
    checks: {
      seed: 'The secret number that was revealed is the one that was locked in before the line opened',
      promise: 'Your own device saw that lock before the random number existed, and it has not changed',
      list: 'You are in the frozen list, on your line, and its fingerprint matches',
      root: 'Your own device saw the list’s fingerprint before the random number existed',
      times: 'Promised, frozen and fingerprinted before the random number existed',
      beacon: 'The random number is genuine: signed by its source',
      key: 'The key of the draw is computed from those numbers and no others',
      position: 'The number on this page is the result of that computation',
    },
    verdicts: { right: 'Correct', wrong: 'Wrong', open: 'Could not be checked' },
    openText: {
      promise: 'This page was first opened on this device after the random number existed.',
      root: 'This page was not open on this device at that time.',
      list: 'Your place came after the list was frozen.',
      position: 'No number is shown yet.',
    },
  },
};
