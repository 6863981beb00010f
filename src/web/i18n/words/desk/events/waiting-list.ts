import type { InEach } from '../../../language.ts';

const id = {
  title: 'Daftar tunggu',
  text: 'Tempat yang kembali ditawarkan menurut urutan bergabung. Selama ada yang menunggu, tempat itu tidak dijual kepada orang lain.',
  category: 'Kategori',
  waiting: 'Menunggu',
  tickets: 'Tempat yang diinginkan',
  since: 'Sejak',
  nobody: 'Belum ada',
  open: 'Ditawarkan, belum dibayar',
  taken: 'Penawaran dibayar',
  lapsed: 'Penawaran lewat',
};

const en: typeof id = {
  title: 'Waiting list',
  text: 'Places that return are offered in the order of joining. While people wait, these places are not sold to anybody else.',
  category: 'Category',
  waiting: 'Waiting',
  tickets: 'Places wanted',
  since: 'Since',
  nobody: 'Nobody yet',
  open: 'Offered, not paid',
  taken: 'Offers paid',
  lapsed: 'Offers lapsed',
};

export const waitingListDeskWords: InEach<typeof id> = { id, en };
