/** The kinds of reports, as the desk and mails name them. */
export const reportKindNames = {
  id: {
    attendees: 'Peserta',
    orders: 'Pesanan',
    payments: 'Pembayaran',
    refunds: 'Pengembalian',
    ledger: 'Buku besar',
    check_ins: 'Pemindaian',
    deliveries: 'Pesan',
  },
  en: {
    attendees: 'Attendees',
    orders: 'Orders',
    payments: 'Payments',
    refunds: 'Refunds',
    ledger: 'Ledger',
    check_ins: 'Scans',
    deliveries: 'Messages',
  },
};
