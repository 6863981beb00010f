import type { InEach, Language } from '../../language.ts';

/** A member's text for a refusal of the organiser's API, by problem code. */
const byCode: InEach<Readonly<Record<string, string>>> = {
  id: {
    'request.invalid': 'Ada isian yang belum benar.',
    'session.refused': 'Email atau kata sandi tidak benar.',
    'organizer.slug_taken': 'Alamat penyelenggara ini sudah dipakai. Pilih yang lain.',
    'organizer.sign_up_closed': 'Pendaftaran penyelenggara di sini tidak dibuka.',
    'access.forbidden': 'Peran Anda tidak mengizinkan ini.',
    'event.slug_taken': 'Alamat ini sudah dipakai acara lain. Pilih alamat lain.',
    'event.changed_meanwhile':
      'Orang lain mengubah acara ini sejak Anda membukanya. Buka lagi halamannya, lalu ulangi perubahan Anda.',
    'event.cancelled': 'Acara yang sudah dibatalkan tidak dapat diubah lagi.',
    'event.has_orders': 'Tiket acara ini sudah dipesan. Acara dapat dibatalkan, tetapi tidak ditarik kembali.',
    'event.not_publishable': 'Acara ini belum siap ditampilkan.',
    'catalog.limit_reached': 'Jumlah paling banyak sudah tercapai.',
    'staff.owner_not_limited': 'Pemilik bekerja di semua acara. Pilih peran lain, atau jangan centang acara.',
    'staff.not_door_staff':
      'Hanya petugas pintu yang dapat menjadi pengelola acara tertentu. Pilih peran itu, atau jangan centang acara yang dikelola.',
    'gate.name_taken': 'Acara ini sudah punya pintu dengan nama itu.',
    'gate.limit_reached': 'Jumlah pintu paling banyak sudah tercapai.',
    'gate.times_reversed': 'Pintu harus ditutup setelah dibuka.',
    'zone.not_found': 'Area ini sudah tidak ada.',
    'zone.name_taken': 'Acara ini sudah punya area dengan nama itu.',
    'zone.limit_reached': 'Jumlah area paling banyak sudah tercapai.',
    'zone.in_use': 'Area ini masih dipakai: ada pintu yang menuju ke sana, atau ada orang di dalamnya.',
    'request.too_large': 'Berkas ini terlalu besar.',
    'picture.type_unsupported': 'Pilih berkas JPEG, PNG, WebP atau AVIF.',
    'picture.animated': 'Gambar bergerak tidak dapat dipakai.',
    'picture.too_many_pixels': 'Gambar ini terlalu besar: paling banyak 64 juta piksel.',
    'picture.too_small': 'Gambar ini terlalu kecil: paling sedikit 960 × 600 piksel.',
    'picture.unreadable': 'Berkas gambar ini rusak atau terpotong.',
    'order.not_found': 'Pesanan ini tidak ada.',
    'order.not_cancellable':
      'Pesanan ini tidak dapat dibatalkan lagi: sudah berakhir, atau tiketnya sudah dipakai di pintu.',
    'order.buyer_not_correctable': 'Alamat pesanan ini tidak dapat diubah lagi.',
    'order.note_limit_reached': 'Pesanan ini sudah punya catatan sebanyak mungkin.',
    'order.limit_exceeded': 'Ini melebihi batas pembelian acara.',
    'order.no_live_tickets': 'Pesanan ini tidak punya tiket yang berlaku.',
    'question.answered': 'Pertanyaan ini sudah dijawab pembeli. Tutup saja, jawabannya tetap ada.',
    'question.limit_reached': 'Acara ini sudah punya pertanyaan sebanyak mungkin.',
    'stock.sold_out': 'Tidak cukup tempat yang tersisa.',
    'sale.not_open': 'Acara ini tidak tampil untuk publik atau sudah selesai.',
    'payment_account.payments_open':
      'Pembeli masih dapat membayar lewat akun yang terpasang. Tutup penjualan, lalu ganti akun setelah tidak ada pesanan yang menunggu pembayaran.',
    'refund.not_refundable': 'Tidak ada uang yang dapat dikembalikan dari pesanan ini.',
    'refund.amount_exceeded': 'Jumlah ini lebih besar dari yang masih dapat dikembalikan.',
    'refund.tickets_unknown': 'Salah satu tiket sudah tidak berlaku.',
    'notification.resend_limited': 'Tiket ini sudah sering dikirim ulang. Coba lagi nanti.',
    'notification.nothing_to_send': 'Tidak ada tiket berlaku yang dapat dikirim.',
    'staff.email_in_use': 'Alamat ini sudah menjadi anggota.',
    'staff.invited_too_often': 'Alamat ini sudah sering diundang. Coba lagi nanti.',
    'staff.last_owner': 'Harus selalu ada satu pemilik.',
    'access.limit_reached': 'Jumlah paling banyak sudah tercapai.',
    'webhook.address_refused': 'Alamat ini tidak dapat dipakai: harus https dan dapat dicapai dari luar.',
    'webhook.limit_reached': 'Jumlah webhook paling banyak sudah tercapai.',
    'webhook.test_limited': 'Terlalu banyak uji coba. Tunggu sebentar.',
    'webhook.replay_limited': 'Terlalu sering dikirim ulang. Coba lagi dalam satu jam.',
    'message_test.no_phone': 'Isi dulu nomor ponsel di profil penyelenggara. Uji kirim pergi ke nomor itu.',
    'message_test.limited': 'Sudah cukup banyak uji kirim. Coba lagi nanti.',
    'message_test.not_found': 'Uji kirim ini tidak ada.',
    'sender.already_exists': 'Nomor ini sudah tersambung.',
    'sender.limit_reached': 'Jumlah nomor paling banyak sudah tercapai.',
    'report.limit_reached': 'Terlalu banyak laporan menunggu. Tunggu sampai sebagian selesai.',
    'report_schedule.limit_reached': 'Jumlah jadwal paling banyak sudah tercapai.',
    'announcement.reaches_nobody': 'Belum ada pembeli yang akan menerimanya.',
    'announcement.preview_stale': 'Penerimanya berubah sejak Anda melihatnya. Lihat sekali lagi, lalu kirim.',
    'announcement.limited': 'Terlalu banyak pengumuman dalam waktu singkat. Coba lagi nanti.',
    'task.resolved': 'Tugas ini sudah selesai.',
    'task.refund_unavailable': 'Gateway tidak dapat mengembalikan uang ini. Kembalikan dengan tangan.',
    'task.amount_needed': 'Isi jumlah yang ditarik oleh bank: paling banyak yang masih ada dari pembayaran itu.',
    'traffic.rate_limited': 'Terlalu banyak permintaan dari jaringan Anda. Tunggu sebentar, lalu coba lagi.',
    'service.overloaded': 'Sedang sangat ramai. Tunggu sebentar, lalu coba lagi.',
    'service.unavailable': 'Layanan sedang terganggu. Tidak ada yang diubah; coba lagi sebentar lagi.',
    'service.busy': 'Sedang sangat ramai. Coba lagi sebentar lagi.',
    network: 'Layanan tidak menjawab. Periksa apakah perubahan Anda sudah tersimpan sebelum mencoba lagi.',
    internal: 'Ada yang salah di sisi kami.',
  },
  en: {
    'request.invalid': 'Some fields need correcting.',
    'session.refused': 'The email address or password is wrong.',
    'organizer.slug_taken': 'This short name is taken. Choose another one.',
    'organizer.sign_up_closed': 'Sign-up is not open here.',
    'access.forbidden': 'Your role does not allow this.',
    'event.slug_taken': 'Another event has this address. Choose another one.',
    'event.changed_meanwhile':
      'Somebody else changed this event since you opened it. Open the page again, and repeat your change.',
    'event.cancelled': 'An event that was called off can no longer be changed.',
    'event.has_orders': 'Tickets of this event were ordered. It can be called off, but not unpublished.',
    'event.not_publishable': 'The event is not ready to publish yet.',
    'catalog.limit_reached': 'The limit is reached.',
    'staff.owner_not_limited': 'An owner works at all events. Choose another role, or tick no event.',
    'staff.not_door_staff':
      'Only door staff can be the manager of single events. Choose that role, or tick no event to manage.',
    'gate.name_taken': 'The event already has a gate with that name.',
    'gate.limit_reached': 'The limit of gates is reached.',
    'gate.times_reversed': 'The gate must close after it opens.',
    'zone.not_found': 'This zone no longer exists.',
    'zone.name_taken': 'The event already has a zone with that name.',
    'zone.limit_reached': 'The limit of zones is reached.',
    'zone.in_use': 'This zone is in use: a gate leads into it, or people are inside.',
    'request.too_large': 'This file is too large.',
    'picture.type_unsupported': 'Choose a JPEG, PNG, WebP or AVIF file.',
    'picture.animated': 'An animated picture cannot be used.',
    'picture.too_many_pixels': 'This picture is too large: 64 million pixels at most.',
    'picture.too_small': 'This picture is too small: at least 960 × 600 pixels.',
    'picture.unreadable': 'This picture file is damaged or cut short.',
    'order.not_found': 'There is no such order.',
    'order.not_cancellable': 'This order can no longer be cancelled: it has ended, or a ticket was used at the door.',
    'order.buyer_not_correctable': 'The address of this order can no longer be changed.',
    'order.note_limit_reached': 'The limit of notes on this order is reached.',
    'order.limit_exceeded': 'This exceeds a limit of the sale.',
    'order.no_live_tickets': 'This order has no valid tickets.',
    'question.answered': 'Buyers have answered this question, so it can only be closed. Its answers stay.',
    'question.limit_reached': 'The limit of questions is reached.',
    'stock.sold_out': 'There are not enough places left.',
    'sale.not_open': 'This event is not public, or it is over.',
    'payment_account.payments_open':
      'Buyers may still pay to the current account. Close the sales, and change the account once no order waits for payment.',
    'refund.not_refundable': 'This order has nothing left to refund.',
    'refund.amount_exceeded': 'This is more than can still be refunded.',
    'refund.tickets_unknown': 'One of the tickets is no longer valid.',
    'notification.resend_limited': 'These tickets were sent again too often. Try again later.',
    'notification.nothing_to_send': 'There is no valid ticket to send.',
    'staff.email_in_use': 'Somebody with this address is already a member.',
    'staff.invited_too_often': 'This address was invited too often. Try again later.',
    'staff.last_owner': 'There must always be one owner.',
    'access.limit_reached': 'The limit is reached.',
    'webhook.address_refused': 'This address cannot be used: it must be https and reachable from outside.',
    'webhook.limit_reached': 'The limit of webhooks is reached.',
    'webhook.test_limited': 'Too many tests. Wait a moment.',
    'webhook.replay_limited': 'Sent again too often. Try again in an hour.',
    'message_test.no_phone':
      'First enter a mobile number in the profile of the organiser. The test goes to that number.',
    'message_test.limited': 'That is enough tests for now. Try again later.',
    'message_test.not_found': 'There is no such test.',
    'sender.already_exists': 'This number is already connected.',
    'sender.limit_reached': 'The limit of numbers is reached.',
    'report.limit_reached': 'Too many reports are waiting. Wait until some are done.',
    'report_schedule.limit_reached': 'The limit of schedules is reached.',
    'announcement.reaches_nobody': 'No buyer would get it yet.',
    'announcement.preview_stale': 'The recipients have changed since your preview. Preview it again, then send it.',
    'announcement.limited': 'Too many announcements in a short time. Try again later.',
    'task.resolved': 'This task is already done.',
    'task.refund_unavailable': 'The gateway cannot give this money back. Pay it back by hand.',
    'task.amount_needed': 'Enter what the bank took: at most what is left of the payment.',
    'traffic.rate_limited': 'Too many requests come from your network. Wait a moment, then try again.',
    'service.overloaded': 'The service is very busy. Wait a moment, then try again.',
    'service.unavailable': 'The service has a problem. Nothing was changed; try again in a moment.',
    'service.busy': 'The service is very busy. Try again in a moment.',
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
