import type { InEach } from '../../../language.ts';

const id = {
  title: 'Jadwal',
  none: 'Belum ada jadwal. Pembeli melihatnya di halaman acara.',
  what: 'Acara',
  name: 'Nama',
  when: 'Waktu',
  stage: 'Panggung atau ruang',
  startsAt: 'Mulai',
  endsAt: 'Selesai',
  description: 'Keterangan',
  add: 'Tambah ke jadwal',
  save: 'Simpan',
  remove: (title: string) => `Hapus ${title}`,
};

const en: typeof id = {
  title: 'Schedule',
  none: 'There is no schedule yet. Buyers see it on the page of the event.',
  what: 'Item',
  name: 'Name',
  when: 'Time',
  stage: 'Stage or room',
  startsAt: 'Starts',
  endsAt: 'Ends',
  description: 'Description',
  add: 'Add to the schedule',
  save: 'Save',
  remove: (title: string) => `Remove ${title}`,
};

export const scheduleWords: InEach<typeof id> = { id, en };
