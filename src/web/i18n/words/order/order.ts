import type { InEach } from '../../language.ts';

type OrderWords = {
  readonly title: string;
  readonly loading: string;
  readonly missingTitle: string;
  readonly missingText: string;
  readonly findOrder: string;
  readonly code: string;
  readonly status: Readonly<Record<OrderStatus, string>>;
  readonly notice: Readonly<Partial<Record<OrderStatus | 'too_late_to_pay', string>>>;
  readonly payTitle: string;
  readonly timeLeft: string;
  readonly timeUp: string;
  readonly payBy: (time: string) => string;
  readonly preparing: string;
  readonly pay: string;
  readonly payHint: string;
  readonly copy: string;
  readonly copied: string;
  readonly qris: string;
  readonly review: string;
  readonly failed: string;
  readonly tryAgain: string;
  readonly tickets: string;
  readonly ticketOf: (number: number, count: number) => string;
  readonly showAtDoor: string;
  readonly revoked: string;
  readonly qrOf: (number: number) => string;
  readonly pdf: string;
  readonly calendar: string;
  readonly kept: string;
  readonly forget: string;
  readonly summary: string;
  readonly subtotal: string;
  readonly discount: string;
  readonly fees: string;
  readonly total: string;
  readonly free: string;
  readonly buyer: string;
  readonly sentTo: string;
  readonly cancel: string;
  readonly cancelTitle: string;
  readonly cancelUnpaid: string;
  readonly cancelPaid: string;
  readonly cancelYes: string;
  readonly cancelNo: string;
  readonly buyAgain: string;
  readonly offline: string;
  readonly notCancellable: Readonly<
    Record<'not_refundable' | 'too_late' | 'checked_in' | 'transferred' | 'ended', string>
  >;
};

export type OrderStatus =
  | 'pending_payment'
  | 'closing'
  | 'paid'
  | 'partially_refunded'
  | 'refunded'
  | 'expired'
  | 'cancelled';

export const orderWords: InEach<OrderWords> = {
  id: {
    title: 'Pesanan',
    loading: 'Membuka pesanan…',
    missingTitle: 'Pesanan tidak dapat dibuka',
    missingText:
      'Buka pesanan dari tautan di email atau WhatsApp Anda. Tautannya hilang? Kami kirim ulang ke email yang dipakai memesan.',
    findOrder: 'Kirim ulang tautan',
    code: 'Kode pesanan',
    status: {
      pending_payment: 'Menunggu pembayaran',
      closing: 'Sedang ditutup',
      paid: 'Lunas',
      partially_refunded: 'Sebagian dikembalikan',
      refunded: 'Dana dikembalikan',
      expired: 'Kedaluwarsa',
      cancelled: 'Dibatalkan',
    },
    notice: {
      closing: 'Pesanan ini sedang ditutup. Jangan membayar lagi; pembayaran yang terlanjur masuk akan diperiksa.',
      expired: 'Waktu pembayaran habis dan tiketnya kembali dijual. Anda tidak ditagih.',
      cancelled: 'Pesanan ini dibatalkan. Bila Anda sudah membayar, uang kembali melalui cara bayar yang sama.',
      refunded: 'Seluruh dana dikembalikan melalui cara bayar yang sama; bank dapat memerlukan beberapa hari kerja.',
      partially_refunded: 'Sebagian dana dikembalikan. Tiket yang tersisa tetap berlaku.',
      too_late_to_pay: 'Waktu pembayaran sudah habis. Pesanan ini akan ditutup.',
    },
    payTitle: 'Bayar pesanan ini',
    timeLeft: 'Sisa waktu',
    timeUp: 'Waktu habis',
    payBy: (time) => `sampai ${time}`,
    preparing: 'Menyiapkan pembayaran…',
    pay: 'Bayar sekarang',
    payHint: 'Anda dibawa ke halaman pembayaran, lalu kembali ke sini. Tiket muncul begitu pembayaran diterima.',
    copy: 'Salin',
    copied: 'Tersalin',
    qris: 'Pindai kode QRIS ini dengan aplikasi bank atau dompet digital.',
    review: 'Pembayaran Anda sedang diperiksa. Tidak perlu membayar lagi.',
    failed: 'Pembayaran belum berhasil. Tiket masih ditahan untuk Anda.',
    tryAgain: 'Coba bayar lagi',
    tickets: 'Tiket Anda',
    ticketOf: (number, count) => `Tiket ${number} dari ${count}`,
    showAtDoor: 'Tunjukkan kode ini di pintu. Jangan dibagikan: yang pertama memindainya yang masuk.',
    revoked: 'Tidak berlaku lagi',
    qrOf: (number) => `Kode QR tiket ${number}`,
    pdf: 'Unduh PDF',
    calendar: 'Simpan ke kalender',
    kept: 'Tersimpan di peramban ini: tiket terbuka juga tanpa internet.',
    forget: 'Hapus dari peramban ini',
    summary: 'Rincian',
    subtotal: 'Subtotal',
    discount: 'Potongan',
    fees: 'Biaya layanan',
    total: 'Total',
    free: 'Gratis',
    buyer: 'Pemesan',
    sentTo: 'Tiket juga dikirim ke',
    cancel: 'Batalkan pesanan',
    cancelTitle: 'Batalkan pesanan ini?',
    cancelUnpaid: 'Tiket yang ditahan dilepas untuk orang lain. Ini tidak dapat diurungkan.',
    cancelPaid: 'Semua tiket menjadi tidak berlaku dan dana dikembalikan, bila acara masih mengizinkannya.',
    cancelYes: 'Ya, batalkan',
    cancelNo: 'Tidak jadi',
    buyAgain: 'Kembali ke acara',
    offline: 'Sambungan terputus. Kami mencoba lagi.',
    notCancellable: {
      not_refundable: 'Pesanan yang sudah dibayar untuk acara ini tidak dapat dibatalkan.',
      too_late: 'Batas waktu pembatalan sudah lewat.',
      checked_in: 'Salah satu tiket sudah dipakai di pintu.',
      transferred: 'Salah satu tiket sudah diberikan kepada orang lain.',
      ended: 'Pesanan ini sudah ditutup.',
    },
  },
  en: {
    title: 'Order',
    loading: 'Opening your order…',
    missingTitle: 'This order cannot be opened',
    missingText:
      'Open it from the link in your email or WhatsApp. Lost the link? We send it again to the address you ordered with.',
    findOrder: 'Send the link again',
    code: 'Order code',
    status: {
      pending_payment: 'Waiting for payment',
      closing: 'Being closed',
      paid: 'Paid',
      partially_refunded: 'Partly refunded',
      refunded: 'Refunded',
      expired: 'Expired',
      cancelled: 'Cancelled',
    },
    notice: {
      closing: 'This order is being closed. Do not pay any more; a payment on its way will be looked into.',
      expired: 'The time to pay is over and the tickets are on sale again. You were not charged.',
      cancelled: 'This order is cancelled. If you have paid, the money goes back the way it came.',
      refunded: 'All money goes back the way it came; the bank may need some working days.',
      partially_refunded: 'Part of the money goes back. The remaining tickets stay valid.',
      too_late_to_pay: 'The time to pay is over. This order will be closed.',
    },
    payTitle: 'Pay for this order',
    timeLeft: 'Time left',
    timeUp: 'Time is up',
    payBy: (time) => `until ${time}`,
    preparing: 'Preparing the payment…',
    pay: 'Pay now',
    payHint: 'You go to the payment page, then come back here. Tickets appear as soon as the payment arrives.',
    copy: 'Copy',
    copied: 'Copied',
    qris: 'Scan this QRIS code with your bank or wallet app.',
    review: 'Your payment is being looked into. There is no need to pay again.',
    failed: 'The payment did not succeed. The tickets are still held for you.',
    tryAgain: 'Try to pay again',
    tickets: 'Your tickets',
    ticketOf: (number, count) => `Ticket ${number} of ${count}`,
    showAtDoor: 'Show this code at the door. Do not share it: the first person to scan it gets in.',
    revoked: 'Not valid any more',
    qrOf: (number) => `QR code of ticket ${number}`,
    pdf: 'Download PDF',
    calendar: 'Add to calendar',
    kept: 'Kept in this browser: the tickets open without internet, too.',
    forget: 'Remove from this browser',
    summary: 'Details',
    subtotal: 'Subtotal',
    discount: 'Discount',
    fees: 'Service fee',
    total: 'Total',
    free: 'Free',
    buyer: 'Ordered by',
    sentTo: 'Tickets are also sent to',
    cancel: 'Cancel the order',
    cancelTitle: 'Cancel this order?',
    cancelUnpaid: 'The held tickets go to somebody else. This cannot be undone.',
    cancelPaid: 'All tickets become invalid and the money goes back, if the event still allows it.',
    cancelYes: 'Yes, cancel it',
    cancelNo: 'Keep it',
    buyAgain: 'Back to the event',
    offline: 'The connection is lost. We keep trying.',
    notCancellable: {
      not_refundable: 'Paid orders of this event cannot be cancelled.',
      too_late: 'The time in which it could be cancelled is over.',
      checked_in: 'A ticket of this order has been used at the door.',
      transferred: 'A ticket of this order was given to somebody else.',
      ended: 'This order is closed already.',
    },
  },
};
