import type { InEach } from '../../../language.ts';

const id = {
  title: 'Pintu masuk',
  lead: 'Pemindai memilih pintunya. Dengan nama pintu Anda melihat di mana orang masuk.',
  name: 'Nama pintu',
  nameHint: 'Misalnya Utara, atau VIP.',
  only: 'Hanya untuk kategori',
  onlyHint: 'Bila tidak ada yang dicentang, semua kategori boleh masuk di sini.',
  all: 'Semua kategori',
  add: 'Tambah pintu',
  remove: (name: string) => `Hapus ${name}`,
};

const en: typeof id = {
  title: 'Gates',
  lead: 'Scanners choose their gate. With named gates you see where people enter.',
  name: 'Name of the gate',
  nameHint: 'Such as North, or VIP.',
  only: 'Only for categories',
  onlyHint: 'If none is ticked, all categories may enter here.',
  all: 'All categories',
  add: 'Add a gate',
  remove: (name: string) => `Remove ${name}`,
};

export const gateWords: InEach<typeof id> = { id, en };
