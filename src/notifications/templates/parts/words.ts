/** Every sentence of the mails, in the two languages, side by side. */

type Words = {
  readonly hello: (name: string | undefined) => string;
  readonly orderNumber: string;
  readonly when: string;
  readonly ends: string;
  readonly doors: string;
  readonly where: string;
  readonly total: string;
  readonly discount: string;
  readonly fees: string;
  readonly openOrder: string;
  readonly linkIsPrivate: string;
  readonly footer: (organizer: string) => string;
  readonly tickets: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly lead: (count: number, isPaid: boolean) => string;
    readonly showAtDoor: string;
    readonly ticketOf: (number: number, count: number) => string;
    readonly tooMany: (count: number) => string;
    readonly keepSafe: string;
    readonly print: string;
    readonly wallet: string;
    readonly open: string;
  };
  readonly cancelled: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly lead: (event: string) => string;
    readonly paid: string;
    readonly unpaid: string;
    readonly free: string;
  };
  readonly refunded: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly leadAll: (event: string) => string;
    /** No ticket is left, and the organizer keeps a part of the price. */
    readonly leadPart: (event: string) => string;
    readonly leadSome: (event: string, left: number) => string;
    readonly more: string;
  };
  readonly link: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly lead: (event: string) => string;
    readonly notYou: string;
  };
  readonly invitation: {
    readonly subject: (organizer: string) => string;
    readonly kicker: string;
    readonly title: (organizer: string) => string;
    readonly lead: (organizer: string) => string;
    readonly action: string;
    readonly until: (time: string) => string;
  };
  readonly reset: {
    readonly subject: string;
    readonly kicker: string;
    readonly title: string;
    readonly lead: string;
    readonly action: string;
    readonly until: (time: string) => string;
  };
  readonly code: {
    readonly subject: (code: string) => string;
    readonly kicker: string;
    readonly title: string;
    readonly lead: string;
    readonly until: (time: string) => string;
    readonly notYou: string;
  };
};

const id: Words = {
  hello: (name) => (name === undefined ? 'Halo,' : `Halo ${name},`),
  orderNumber: 'Nomor pesanan',
  when: 'Waktu',
  ends: 'Selesai',
  doors: 'Pintu dibuka',
  where: 'Tempat',
  total: 'Total',
  discount: 'Potongan',
  fees: 'Biaya layanan',
  openOrder: 'Buka pesanan',
  linkIsPrivate: 'Tautan ini khusus untuk Anda: siapa pun yang memilikinya dapat membuka tiket. Jangan diteruskan.',
  footer: (organizer) =>
    `Dikirim oleh antre untuk ${organizer}. Pesan ini tentang pesanan Anda, jadi tidak dapat dihentikan.`,
  tickets: {
    subject: (event) => `Tiket Anda: ${event}`,
    kicker: 'Tiket Anda sudah siap',
    lead: (count, isPaid) =>
      `${isPaid ? 'Pembayaran diterima.' : 'Pesanan Anda sudah pasti.'} ${count === 1 ? 'Ini tiket Anda.' : `Ini ${count} tiket Anda.`}`,
    showAtDoor: 'Tunjukkan kode ini di pintu masuk. Setiap kode berlaku untuk satu orang, satu kali masuk.',
    ticketOf: (number, count) => `Tiket ${number} dari ${count}`,
    tooMany: (count) => `Pesanan ini berisi ${count} tiket. Semua kode QR ada di halaman pesanan.`,
    print: 'Ingin mencetaknya? Di halaman itu tiket dapat diunduh sebagai PDF.',
    wallet: 'Di halaman itu, tiket juga dapat ditambahkan ke dompet di ponsel Anda (Apple Wallet atau Google Wallet).',
    keepSafe: 'Jangan bagikan kode QR atau fotonya: orang pertama yang memindainya yang masuk.',
    open: 'Buka semua tiket',
  },
  cancelled: {
    subject: (event) => `Pesanan dibatalkan: ${event}`,
    kicker: 'Pesanan dibatalkan',
    lead: (event) => `Pesanan Anda untuk ${event} telah dibatalkan oleh penyelenggara.`,
    paid: 'Uang Anda dikembalikan melalui cara bayar yang sama. Tiketnya tidak berlaku lagi.',
    unpaid: 'Pesanan ini belum dibayar dan tidak perlu dibayar lagi.',
    free: 'Tiketnya tidak berlaku lagi.',
  },
  refunded: {
    subject: (event) => `Pengembalian dana: ${event}`,
    kicker: 'Pengembalian dana',
    leadAll: (event) => `Pesanan Anda untuk ${event} telah dikembalikan seluruhnya. Tiketnya tidak berlaku lagi.`,
    leadPart: (event) =>
      `Tiket pesanan Anda untuk ${event} tidak berlaku lagi. Sebagian dari yang Anda bayar dikembalikan.`,
    leadSome: (event, left) => `Sebagian pesanan Anda untuk ${event} telah dikembalikan. ${left} tiket tetap berlaku.`,
    more: 'Uangnya dikembalikan melalui cara bayar yang sama; bank dapat memerlukan beberapa hari kerja.',
  },
  link: {
    subject: (event) => `Tautan pesanan Anda: ${event}`,
    kicker: 'Tautan pesanan',
    lead: (event) => `Ini tautan ke pesanan Anda untuk ${event}.`,
    notYou: 'Tidak meminta tautan ini? Abaikan saja pesan ini; tidak ada yang berubah.',
  },
  invitation: {
    subject: (organizer) => `Undangan bergabung dengan ${organizer}`,
    kicker: 'Undangan',
    title: (organizer) => `Bergabung dengan ${organizer}`,
    lead: (organizer) => `Anda diundang menjadi anggota tim ${organizer} di antre. Buat kata sandi untuk mulai.`,
    action: 'Terima undangan',
    until: (time) => `Tautan ini berlaku sampai ${time} dan hanya dapat dipakai satu kali.`,
  },
  reset: {
    subject: 'Atur ulang kata sandi antre',
    kicker: 'Kata sandi',
    title: 'Atur ulang kata sandi',
    lead: 'Ada permintaan untuk mengatur ulang kata sandi Anda. Bila bukan Anda, abaikan pesan ini: kata sandi tidak berubah.',
    action: 'Buat kata sandi baru',
    until: (time) => `Tautan ini berlaku sampai ${time} dan hanya dapat dipakai satu kali.`,
  },
  code: {
    subject: (code) => `${code} adalah kode antre Anda`,
    kicker: 'Ruang tunggu',
    title: 'Kode konfirmasi Anda',
    lead: 'Masukkan kode ini untuk mengonfirmasi alamat Anda dan mengambil tempat dalam antrean.',
    until: (time) => `Kode ini berlaku sampai ${time}.`,
    notYou:
      'Tidak meminta kode? Abaikan saja pesan ini. Jangan berikan kode ini kepada siapa pun: kami tidak pernah menanyakannya.',
  },
};

const en: Words = {
  hello: (name) => (name === undefined ? 'Hello,' : `Hello ${name},`),
  orderNumber: 'Order number',
  when: 'When',
  ends: 'End',
  doors: 'Doors open',
  where: 'Where',
  total: 'Total',
  discount: 'Discount',
  fees: 'Service fee',
  openOrder: 'Open the order',
  linkIsPrivate: 'This link is yours alone: whoever has it can open the tickets. Do not pass it on.',
  footer: (organizer) =>
    `Sent by antre for ${organizer}. It is about your own order, so it cannot be unsubscribed from.`,
  tickets: {
    subject: (event) => `Your tickets: ${event}`,
    kicker: 'Your tickets are ready',
    lead: (count, isPaid) =>
      `${isPaid ? 'We have received your payment.' : 'Your order is confirmed.'} ${count === 1 ? 'Here is your ticket.' : `Here are your ${count} tickets.`}`,
    showAtDoor: 'Show these codes at the door. Each admits one person, once.',
    ticketOf: (number, count) => `Ticket ${number} of ${count}`,
    tooMany: (count) => `This order has ${count} tickets. All QR codes are on the order page.`,
    print: 'Want them on paper? On that page you can download the tickets as a PDF.',
    wallet: 'On that page you can also add the tickets to the wallet of your phone (Apple Wallet or Google Wallet).',
    keepSafe: 'Do not share a QR code or a photo of it: the first person to be scanned gets in.',
    open: 'Open all tickets',
  },
  cancelled: {
    subject: (event) => `Order cancelled: ${event}`,
    kicker: 'Order cancelled',
    lead: (event) => `Your order for ${event} has been cancelled by the organiser.`,
    paid: 'Your money goes back the way it came. The tickets are no longer valid.',
    unpaid: 'It has not been paid for, and need not be.',
    free: 'Its tickets are no longer valid.',
  },
  refunded: {
    subject: (event) => `Refund: ${event}`,
    kicker: 'Refund',
    leadAll: (event) => `Your order for ${event} has been refunded in full. Its tickets are no longer valid.`,
    leadPart: (event) =>
      `The tickets of your order for ${event} are no longer valid. Part of what you paid is refunded.`,
    leadSome: (event, left) =>
      `Part of your order for ${event} has been refunded. ${left === 1 ? '1 ticket stays' : `${left} tickets stay`} valid.`,
    more: 'The money goes back the way it came; a bank may take some working days.',
  },
  link: {
    subject: (event) => `The link to your order: ${event}`,
    kicker: 'Order link',
    lead: (event) => `Here is the link to your order for ${event}.`,
    notYou: 'You did not ask for it? Ignore this message; nothing has changed.',
  },
  invitation: {
    subject: (organizer) => `You are invited to join ${organizer}`,
    kicker: 'Invitation',
    title: (organizer) => `Join ${organizer}`,
    lead: (organizer) => `You are invited to the team of ${organizer} on antre. Choose a password to begin.`,
    action: 'Accept the invitation',
    until: (time) => `This link works until ${time}, once.`,
  },
  reset: {
    subject: 'Reset your antre password',
    kicker: 'Password',
    title: 'Reset your password',
    lead: 'Somebody asked to reset your password. If it was not you, ignore this message: the password stays as it is.',
    action: 'Choose a new password',
    until: (time) => `This link works until ${time}, once.`,
  },
  code: {
    subject: (code) => `${code} is your antre code`,
    kicker: 'Waiting room',
    title: 'Your confirmation code',
    lead: 'Enter this code to confirm your address and take your place in the line.',
    until: (time) => `It works until ${time}.`,
    notYou: 'You did not ask for a code? Ignore this message. Give the code to nobody: we never ask for it.',
  },
};

export const words: Readonly<Record<'id' | 'en', Words>> = { id, en };
