import type { InEach } from '../../../language.ts';

const id = {
  title: 'Jadwal',
  none: 'Belum ada jadwal. Pembeli melihatnya di halaman acara.',
  what: 'Acara',
  name: 'Nama',
  nameEn: 'Nama dalam bahasa Inggris',
  when: 'Waktu',
  stage: 'Panggung atau ruang',
  stageEn: 'Panggung atau ruang dalam bahasa Inggris',
  startsAt: 'Mulai',
  endsAt: 'Selesai',
  description: 'Keterangan',
  descriptionEn: 'Keterangan dalam bahasa Inggris',
  add: 'Tambah ke jadwal',
  save: 'Simpan',
  remove: (title: string) => `Hapus ${title}`,
};

const en: typeof id = {
  title: 'Schedule',
  none: 'There is no schedule yet. Buyers see it on the page of the event.',
  what: 'Item',
  name: 'Name',
  nameEn: 'Name in English',
  when: 'Time',
  stage: 'Stage or room',
  stageEn: 'Stage or room in English',
  startsAt: 'Starts',
  endsAt: 'Ends',
  description: 'Description',
  descriptionEn: 'Description in English',
  add: 'Add to the schedule',
  save: 'Save',
  remove: (title: string) => `Remove ${title}`,
};

export const scheduleWords: InEach<typeof id> = { id, en };
