import type { InEach } from '../../../language.ts';

const id = {
  title: 'Gandakan acara',
  lead: 'Membuat draf baru dengan isi, jadwal, tempat dan kategori tiket yang sama. Semua waktu bergeser sejauh waktu mulai.',
  what: 'Acara baru',
  name: 'Nama',
  slug: 'Alamat halaman',
  startsAt: 'Mulai',
  submit: 'Buat draf',
};

const en: typeof id = {
  title: 'Duplicate the event',
  lead: 'Makes a new draft with these details, schedule, places and ticket categories. All times move by as much as the start.',
  what: 'New event',
  name: 'Name',
  slug: 'Page address',
  startsAt: 'Starts',
  submit: 'Create a draft',
};

export const duplicateWords: InEach<typeof id> = { id, en };
