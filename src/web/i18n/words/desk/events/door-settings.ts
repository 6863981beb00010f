import type { InEach } from '../../../language.ts';

const id = {
  title: 'Yang diketahui petugas pintu',
  showsNames: 'Pemindai boleh menyimpan nama tamu',
  showsNamesHint:
    'Petugas lalu melihat nama pada tiap tiket, dan menemukan tamu dengan nama atau empat angka terakhir nomor HP, juga tanpa jaringan. Bila tidak dicentang, tamu hanya ditemukan dengan nomor HP lengkap atau kode pesanan.',
  notes: 'Catatan untuk petugas, per kategori tiket',
  save: 'Simpan',
};

const en: typeof id = {
  title: 'What the door knows',
  showsNames: 'Scanners may keep the names of guests',
  showsNamesHint:
    'The door then sees the name on each ticket, and finds guests by name or by the last four digits of their phone, also without a network. If not ticked, guests are found only by a whole phone number or an order code.',
  notes: 'What the door does, by ticket category',
  save: 'Save',
};

export const doorSettingsWords: InEach<typeof id> = { id, en };
