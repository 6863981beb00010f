import type { InEach } from '../../language.ts';

type OrderWords = {
  readonly title: string;
  readonly status: Readonly<Record<OrderStatus, string>>;
  readonly notice: Readonly<Partial<Record<OrderStatus | 'too_late_to_pay', string>>>;
  readonly timeUp: string;
  readonly payBy: (time: string) => string;
  readonly copy: string;
  readonly copied: string;
  readonly review: string;
  readonly failed: string;
  readonly ticketOf: (number: number, count: number) => string;
  readonly revoked: string;
  readonly qrOf: (number: number) => string;
  readonly subtotal: string;
  readonly discount: string;
  readonly fees: string;
  readonly total: string;
  readonly refunded: string;
  readonly eventOff: string;
  readonly eventPostponed: string;
  /** Of an order that costs nothing: no money comes or goes back. */
  readonly ofFree: {
    readonly status: Readonly<Partial<Record<OrderStatus, string>>>;
    readonly notice: Readonly<Partial<Record<OrderStatus, string>>>;
    readonly eventOff: string;
    readonly cancel: string;
  };
  readonly cancelTitle: string;
  readonly cancelUnpaid: string;
  readonly cancelPaid: string;
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

/** What the script of an order's page says. It carries both languages, so what the page alone says is in `order-page.ts`. */
export const orderWords: InEach<OrderWords> = {
  id: {
    title: 'Pesanan',
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
      closing: 'Pesanan ini sedang ditutup. Jangan membayar lagi; pembayaran yang telanjur masuk akan diperiksa.',
      expired: 'Waktu pembayaran habis dan tiketnya kembali dijual. Anda tidak ditagih.',
      cancelled: 'Pesanan ini dibatalkan. Bila Anda sudah membayar, uangnya dikembalikan melalui cara bayar yang sama.',
      refunded: 'Seluruh dana dikembalikan melalui cara bayar yang sama; bank dapat memerlukan beberapa hari kerja.',
      partially_refunded: 'Sebagian dana dikembalikan. Tiket yang tidak ditarik tetap berlaku.',
      too_late_to_pay: 'Waktu pembayaran sudah habis. Pesanan ini akan ditutup.',
    },
    timeUp: 'Waktu habis',
    payBy: (time) => `sampai ${time}`,
    copy: 'Salin',
    copied: 'Tersalin',
    review: 'Pembayaran Anda sedang diperiksa. Tidak perlu membayar lagi.',
    failed: 'Pembayaran belum berhasil. Tiket masih ditahan untuk Anda.',
    ticketOf: (number, count) => `Tiket ${number} dari ${count}`,
    revoked: 'Tidak berlaku lagi',
    qrOf: (number) => `Kode QR tiket ${number}`,
    subtotal: 'Subtotal',
    discount: 'Potongan',
    fees: 'Biaya layanan',
    total: 'Total',
    refunded: 'Sudah dikembalikan',
    eventOff: 'Acara ini dibatalkan. Uang yang sudah dibayar dikembalikan melalui cara bayar yang sama.',
    eventPostponed: 'Acara ini ditunda. Tiket tetap berlaku untuk tanggal yang baru.',
    ofFree: {
      status: { paid: 'Dipesan', partially_refunded: 'Sebagian dibatalkan', refunded: 'Dibatalkan' },
      notice: {
        cancelled: 'Pesanan ini dibatalkan.',
        refunded: 'Pesanan ini dibatalkan.',
        partially_refunded: 'Tiket yang tersisa tetap berlaku.',
      },
      eventOff: 'Acara ini dibatalkan.',
      cancel: 'Semua tiket menjadi tidak berlaku.',
    },
    cancelTitle: 'Batalkan pesanan ini?',
    cancelUnpaid: 'Tiket yang ditahan dilepas untuk orang lain. Ini tidak dapat diurungkan.',
    cancelPaid: 'Semua tiket menjadi tidak berlaku dan dana dikembalikan, bila acara masih mengizinkannya.',
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
      partially_refunded: 'Part of the money goes back. Tickets that were not taken back stay valid.',
      too_late_to_pay: 'The time to pay is over. This order will be closed.',
    },
    timeUp: 'Time is up',
    payBy: (time) => `until ${time}`,
    copy: 'Copy',
    copied: 'Copied',
    review: 'Your payment is being looked into. There is no need to pay again.',
    failed: 'The payment did not succeed. The tickets are still held for you.',
    ticketOf: (number, count) => `Ticket ${number} of ${count}`,
    revoked: 'Not valid any more',
    qrOf: (number) => `QR code of ticket ${number}`,
    subtotal: 'Subtotal',
    discount: 'Discount',
    fees: 'Service fee',
    total: 'Total',
    refunded: 'Paid back so far',
    eventOff: 'This event was called off. What was paid goes back the way it came.',
    eventPostponed: 'This event is postponed. The tickets stay valid for the new date.',
    ofFree: {
      status: { paid: 'Ordered', partially_refunded: 'Partly cancelled', refunded: 'Cancelled' },
      notice: {
        cancelled: 'This order is cancelled.',
        refunded: 'This order is cancelled.',
        partially_refunded: 'The remaining tickets stay valid.',
      },
      eventOff: 'This event was called off.',
      cancel: 'All tickets become invalid.',
    },
    cancelTitle: 'Cancel this order?',
    cancelUnpaid: 'The held tickets go to somebody else. This cannot be undone.',
    cancelPaid: 'All tickets become invalid and the money goes back, if the event still allows it.',
    notCancellable: {
      not_refundable: 'Paid orders of this event cannot be cancelled.',
      too_late: 'The time in which it could be cancelled is over.',
      checked_in: 'A ticket of this order has been used at the door.',
      transferred: 'A ticket of this order was given to somebody else.',
      ended: 'This order is closed already.',
    },
  },
};
