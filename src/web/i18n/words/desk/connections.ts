import type { WebhookType } from '../../../../notifications/webhooks/catalogue.ts';
import type { CallFailure } from '../../../../notifications/webhooks/sending/call-endpoint.ts';
import type { DisabledReason } from '../../../../notifications/webhooks/tables.ts';
import type { InEach } from '../../language.ts';

type TypeNames = Readonly<Record<WebhookType, string>>;
type Failures = Readonly<Record<CallFailure, string>>;
type StoppedBecause = Readonly<Record<DisabledReason, string>>;

const typeNamesId: TypeNames = {
  'order.paid': 'Pesanan dibayar',
  'order.expired': 'Pesanan tidak dibayar pada waktunya',
  'order.cancelled': 'Pesanan dibatalkan',
  'order.refunded': 'Tiket atau uang pesanan ditarik kembali',
  'refund.paid': 'Pengembalian uang dibayarkan',
  'ticket.checked_in': 'Tiket masuk untuk pertama kali',
  'event.published': 'Acara ditampilkan',
  'event.changed': 'Acara yang tampil diubah',
  'event.cancelled': 'Acara dibatalkan',
  'webhook.test': 'Uji coba',
};

const failuresId: Failures = {
  status: 'Server menjawab dengan kesalahan',
  redirect: 'Server menjawab dengan pengalihan',
  timeout: 'Server tidak menjawab pada waktunya',
  no_public_address: 'Alamat ini bukan alamat publik',
  dns_failed: 'Nama server tidak ditemukan',
  connection_refused: 'Server menolak sambungan',
  tls: 'Sertifikat server tidak sah',
  connection_failed: 'Sambungan terputus',
};

const stoppedBecauseId: StoppedBecause = {
  organizer: 'Dihentikan oleh tim Anda',
  failing: 'Tidak ada kiriman yang berhasil selama berhari-hari',
  gone: 'Server menjawab bahwa alamat ini tidak ada lagi (410)',
};

const typeNamesEn: TypeNames = {
  'order.paid': 'Order paid',
  'order.expired': 'Order not paid in time',
  'order.cancelled': 'Order cancelled',
  'order.refunded': 'Tickets or money of an order taken back',
  'refund.paid': 'Refund paid out',
  'ticket.checked_in': 'Ticket entered for the first time',
  'event.published': 'Event published',
  'event.changed': 'Published event changed',
  'event.cancelled': 'Event called off',
  'webhook.test': 'Test',
};

const failuresEn: Failures = {
  status: 'The server answered with an error',
  redirect: 'The server answered with a redirect',
  timeout: 'The server did not answer in time',
  no_public_address: 'The address is not public',
  dns_failed: 'The name of the server was not found',
  connection_refused: 'The server refused the connection',
  tls: 'The certificate of the server is not valid',
  connection_failed: 'The connection was lost',
};

const stoppedBecauseEn: StoppedBecause = {
  organizer: 'Stopped by your team',
  failing: 'Nothing was delivered for days',
  gone: 'The server answered that the address no longer exists (410)',
};

const id = {
  title: 'Sambungan',
  payments: 'Akun pembayaran',
  paymentsLead: (gateway: string) =>
    `Uang pembeli masuk langsung ke akun ${gateway} Anda. Kunci disimpan tersandi dan tidak pernah ditampilkan lagi.`,
  merchantId: 'Merchant ID',
  serverKey: 'Server key',
  clientKey: 'Client key',
  buyerPaysFee: 'Pembeli menanggung biaya gateway',
  setAccount: 'Simpan akun',
  account: 'Akun sekarang',
  changed: 'Diubah',
  noAccount: 'Belum ada akun. Tiket berbayar memerlukannya.',
  testAccount: 'Uji akun ini',
  testResults: {
    works: 'Berhasil: gateway menerima kunci akun ini. Tidak ada uang yang berpindah.',
    refused: 'Gateway menolak kunci akun ini. Periksa kuncinya, dan apakah kunci itu dari lingkungan yang benar.',
    no_answer: 'Gateway tidak menjawab. Coba lagi beberapa menit lagi.',
    busy: 'Gateway sedang terlalu sering dipanggil atau baru saja gagal. Coba lagi beberapa menit lagi.',
  },
  ownerOnly: 'Hanya pemilik yang dapat mengubah akun pembayaran.',
  senders: 'Nomor WhatsApp',
  sendersLead: 'Pesan tiket keluar dari nomor Anda sendiri. Tanpa nomor, tiket dikirim lewat email saja.',
  kind: 'Penyedia',
  number: 'Nomor atau sesi',
  today: 'Hari ini',
  status: 'Keadaan',
  left: 'Sisa',
  connect: 'Sambungkan',
  disconnect: 'Putuskan',
  noSenders: 'Belum ada nomor.',
  choose: 'Pilih penyedia',
  webhooks: 'Webhook',
  webhooksLead: 'Kami kirim kabar ke program Anda, ditandatangani dan diulang sampai tiga hari.',
  address: 'Alamat (https)',
  description: 'Keterangan',
  types: 'Kabar yang dikirim',
  typeNames: typeNamesId,
  failures: failuresId,
  stopped: 'Dihentikan karena',
  stoppedBecause: stoppedBecauseId,
  add: 'Tambah webhook',
  noWebhooks: 'Belum ada webhook.',
  secretOnce: 'Salin rahasia ini sekarang untuk memeriksa tanda tangan. Rahasia tidak akan ditampilkan lagi.',
  rotate: 'Ganti rahasia',
  rotateText: 'Rahasia lama masih ikut menandatangani selama 24 jam.',
  test: 'Kirim uji coba',
  stop: 'Hentikan',
  resume: 'Aktifkan lagi',
  remove: 'Hapus',
  deliveries: 'Catatan pengiriman',
  noDeliveries: 'Belum ada kiriman.',
  type: 'Kabar',
  at: 'Waktu',
  tries: 'Percobaan',
  answer: 'Jawaban',
  again: 'Kirim lagi',
  replayAll: 'Kirim lagi yang gagal dalam 24 jam',
  back: 'Kembali',
};

const en: typeof id = {
  title: 'Connections',
  payments: 'Payment account',
  paymentsLead: (gateway: string) =>
    `The money of buyers goes straight to your ${gateway} account. Keys are kept encrypted and never shown again.`,
  merchantId: 'Merchant ID',
  serverKey: 'Server key',
  clientKey: 'Client key',
  buyerPaysFee: 'The buyer pays the fee of the gateway',
  setAccount: 'Save the account',
  account: 'Current account',
  changed: 'Changed',
  noAccount: 'No account yet. Tickets with a price need one.',
  testAccount: 'Test this account',
  testResults: {
    works: 'It works: the gateway accepts the keys of this account. No money has moved.',
    refused:
      'The gateway refuses the keys of this account. Check them, and whether they belong to the right environment.',
    no_answer: 'The gateway does not answer. Try again in a few minutes.',
    busy: 'The gateway is called too often now, or has just failed. Try again in a few minutes.',
  },
  ownerOnly: 'Only an owner can change the payment account.',
  senders: 'WhatsApp numbers',
  sendersLead: 'Messages with tickets go out from your own number. Without one, tickets go by mail only.',
  kind: 'Provider',
  number: 'Number or session',
  today: 'Today',
  status: 'Status',
  left: 'Left',
  connect: 'Connect',
  disconnect: 'Disconnect',
  noSenders: 'No numbers yet.',
  choose: 'Choose the provider',
  webhooks: 'Webhooks',
  webhooksLead: 'We send signed messages about what happens to your programs, and retry for up to three days.',
  address: 'Address (https)',
  description: 'Description',
  types: 'What is sent',
  typeNames: typeNamesEn,
  failures: failuresEn,
  stopped: 'Stopped because',
  stoppedBecause: stoppedBecauseEn,
  add: 'Add a webhook',
  noWebhooks: 'No webhooks yet.',
  secretOnce: 'Copy this secret now to verify signatures. It is not shown again.',
  rotate: 'Change the secret',
  rotateText: 'The old secret signs as well for another 24 hours.',
  test: 'Send a test',
  stop: 'Stop',
  resume: 'Start again',
  remove: 'Delete',
  deliveries: 'Log of deliveries',
  noDeliveries: 'Nothing has been sent yet.',
  type: 'Type',
  at: 'Time',
  tries: 'Tries',
  answer: 'Answer',
  again: 'Send again',
  replayAll: 'Send again what failed in the last 24 hours',
  back: 'Back',
};

export const connectionWords: InEach<typeof id> = { id, en };
