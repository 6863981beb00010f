import type { InEach } from '../../language.ts';

const id = {
  /** The button of an act whose consequence was read. */
  yes: (act: string) => `Ya, ${act.charAt(0).toLowerCase()}${act.slice(1)}`,
  gate: 'Pemindai di gerbang ini harus memilih gerbang lain, dan aturan gerbang ini hilang. Pindaiannya tetap tercatat.',
  zone: 'Batas jumlah orang di zona ini hilang. Hanya zona yang kosong dan tanpa gerbang yang bisa dihapus.',
  scheduleItem: 'Bagian ini hilang dari halaman acara beserta teksnya. Tidak ada pesan ke pemegang tiket.',
  picture:
    'Halaman acara menampilkan hiasan sebagai gantinya. Untuk mengembalikan gambar ini, berkasnya harus diunggah lagi.',
  question: 'Pembeli tidak ditanya lagi, dan pertanyaannya hilang.',
  device:
    'Perangkat ini langsung keluar dan tidak bisa memindai lagi. Pindaian yang belum terkirim menunggu di sana sampai perangkat dipasangkan lagi.',
  key: 'Program yang memakai kunci ini langsung berhenti bekerja. Kunci ini tidak bisa dihidupkan lagi.',
  number:
    'Pesan tidak lagi dikirim dari nomor ini. Untuk memakainya lagi, nomor ini harus dihubungkan dari awal. Tanpa nomor lain, tiket hanya dikirim lewat email.',
  webhook: 'Alamat ini tidak menerima apa pun lagi. Alamat dan rahasianya hilang.',
  secret:
    'Rahasia baru ditampilkan satu kali. Rahasia lama masih ikut menandatangani selama 24 jam; pasang yang baru di program Anda sebelum itu.',
  replayAll:
    'Semua yang gagal dalam 24 jam terakhir dikirim sekali lagi. Program Anda bisa menerima hal yang sama dua kali.',
  ownText: 'Teks Anda hilang, dan pesan memakai teks kami lagi.',
  reportSchedule: 'Laporan ini tidak dibuat lagi. Laporan yang sudah jadi tetap bisa diunduh sampai habis waktunya.',
  taskDone: 'Tugas ini ditutup dan tidak bisa dibuka lagi. Layanan tidak melakukan apa pun untuknya.',
  taskRefund: (amount: string) => `Gateway mengembalikan ${amount} kepada pembeli. Ini tidak bisa dibatalkan.`,
};

const en: typeof id = {
  yes: (act) => `Yes, ${act.charAt(0).toLowerCase()}${act.slice(1)}`,
  gate: 'Scanners at this gate must choose another one, and the rules of this gate are lost. Its scans stay recorded.',
  zone: 'The limit of people in this zone is lost. Only an empty zone that no gate leads into can be removed.',
  scheduleItem: 'This item and its texts disappear from the page of the event. Ticket holders get no message.',
  picture:
    'The page of the event shows a drawing instead. To bring this picture back, its file must be uploaded again.',
  question: 'Buyers are not asked any more, and the question is lost.',
  device:
    'This device is signed out at once and cannot scan any more. Scans that it has not sent wait on it until it is paired again.',
  key: 'Programs that use this key stop working at once. The key cannot be brought back.',
  number:
    'No more messages go out from this number. To use it again, it must be connected from the start. Without another number, tickets go by mail only.',
  webhook: 'Nothing is sent to this address any more. The address and its secret are lost.',
  secret:
    'The new secret is shown once. The old one signs as well for another 24 hours; set the new one in your program before that.',
  replayAll:
    'Everything that failed in the last 24 hours is sent once more. Your program may get the same thing twice.',
  ownText: 'Your text is lost, and messages use ours again.',
  reportSchedule: 'This report is not made any more. Finished reports can be downloaded until they expire.',
  taskDone: 'The task is closed and cannot be opened again. The service does nothing for it.',
  taskRefund: (amount) => `The gateway gives ${amount} back to the buyer. This cannot be undone.`,
};

/** What an act without a way back does. It is read before the act can be sent. */
export const askWords: InEach<typeof id> = { id, en };
