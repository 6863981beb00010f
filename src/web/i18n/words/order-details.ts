import type { InEach } from '../language.ts';

const id = {
  title: 'Nama pada tiket',
  until: (time: string) => `Setiap tiket memuat nama pemegangnya. Nama dapat diisi dan diubah sampai ${time}.`,
  untilDated: 'Setiap tiket memuat nama pemegangnya. Nama dapat diisi dan diubah sampai acara punya tanggal baru.',
  closed: 'Waktu untuk mengubah nama sudah lewat.',
  holderOf: (number: number, category: string) => `Tiket ${number}, ${category}`,
  save: 'Simpan nama',
  saved: 'Nama sudah disimpan. Unduh PDF lagi bila Anda sudah mencetaknya.',
  nothing: 'Belum ada nama yang diubah.',
  nameNeeded: 'Tulis nama: nama yang sudah diisi dapat diganti, tetapi tidak dihapus.',
  refused: {
    'order.details_closed': 'Waktu untuk mengubah nama sudah lewat.',
    'order.names_used_up': 'Nama tiket ini sudah terlalu sering diganti. Hubungi penyelenggara.',
    'ticket.not_found': 'Salah satu tiket sudah tidak berlaku. Muat ulang halaman.',
  } as Readonly<Record<string, string>>,
};

const en: typeof id = {
  title: 'Names on the tickets',
  until: (time: string) => `Each ticket carries the name of its holder. You can give and change names until ${time}.`,
  untilDated:
    'Each ticket carries the name of its holder. You can give and change names until the event has a new date.',
  closed: 'The time for changing names is over.',
  holderOf: (number: number, category: string) => `Ticket ${number}, ${category}`,
  save: 'Save names',
  saved: 'The names are saved. Download the PDF again if you have printed it.',
  nothing: 'No name was changed.',
  nameNeeded: 'Enter a name: one that was given can be replaced, but not removed.',
  refused: {
    'order.details_closed': 'The time for changing names is over.',
    'order.names_used_up': 'This ticket has changed its name too often. Ask the organiser.',
    'ticket.not_found': 'One of the tickets is not valid any more. Reload the page.',
  },
};

export const orderDetailsWords: InEach<typeof id> = { id, en };
