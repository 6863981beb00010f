import type { InEach } from '../../../language.ts';

const id = {
  title: 'Kode promo',
  none: 'Belum ada kode promo.',
  code: 'Kode',
  codeHint: 'Bila kosong, kami membuat kode yang tidak dapat ditebak.',
  off: 'Potongan',
  used: 'Dipakai',
  valid: 'Berlaku',
  always: 'Selalu',
  state: 'Keadaan',
  discount: 'Potongan',
  kind: 'Jenis potongan',
  percent: 'Persen dari tiket',
  amount: (currency: string) => `Jumlah (${currency}) dari pesanan`,
  value: 'Besarnya',
  max: 'Dipakai paling banyak',
  from: 'Mulai',
  until: 'Sampai',
  add: 'Tambah kode',
  close: (code: string) => `Tutup ${code}`,
  open: (code: string) => `Buka ${code}`,
};

const en: typeof id = {
  title: 'Promo codes',
  none: 'There are no promo codes yet.',
  code: 'Code',
  codeHint: 'If left empty, we make one that is hard to guess.',
  off: 'Discount',
  used: 'Used',
  valid: 'Valid',
  always: 'Always',
  state: 'State',
  discount: 'Discount',
  kind: 'Kind of discount',
  percent: 'Percent of the tickets',
  amount: (currency: string) => `Amount (${currency}) off the order`,
  value: 'Value',
  max: 'Maximum uses',
  from: 'From',
  until: 'Until',
  add: 'Add a code',
  close: (code: string) => `Close ${code}`,
  open: (code: string) => `Open ${code}`,
};

export const promoWords: InEach<typeof id> = { id, en };
