import type { InEach } from '../../language.ts';

const id = {
  events: 'Acara',
  all: 'Semua',
  filter: 'Saring menurut keadaan',
  name: 'Nama',
  when: 'Waktu',
  where: 'Tempat',
  status: 'Keadaan',
  newEvent: 'Buat acara',
  noneTitle: 'Belum ada acara',
  noneText: 'Buat acara pertama Anda. Acara mulai sebagai draf; Anda menampilkannya kalau sudah siap.',
  noneOfStatus: 'Tidak ada acara dengan keadaan ini.',
  doorTitle: 'Petugas pintu',
  doorText: 'Akun Anda untuk memindai tiket di pintu.',
  toDoor: 'Buka pemindai',
  about: 'Tentang acara',
  doors: 'Pintu dibuka',
  address: 'Alamat',
  category: 'Jenis',
  publicAddress: 'Halaman publik',
  change: 'Ubah',
};

const en: typeof id = {
  events: 'Events',
  all: 'All',
  filter: 'Filter by state',
  name: 'Name',
  when: 'When',
  where: 'Where',
  status: 'State',
  newEvent: 'New event',
  noneTitle: 'No events yet',
  noneText: 'Create your first event. It begins as a draft; you publish it once it is ready.',
  noneOfStatus: 'No event is in this state.',
  doorTitle: 'Door staff',
  doorText: 'Your account is for scanning tickets at the door.',
  toDoor: 'Open the scanner',
  about: 'About the event',
  doors: 'Doors open',
  address: 'Address',
  category: 'Kind',
  publicAddress: 'Public page',
  change: 'Change',
};

export const eventWords: InEach<typeof id> = { id, en };
