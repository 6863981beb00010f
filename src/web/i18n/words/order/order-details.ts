import type { InEach } from '../../language.ts';

const id = {
  title: 'Data tiket',
  until: (time: string) => `Dapat diisi dan diubah sampai ${time}.`,
  untilDated: 'Dapat diisi dan diubah sampai acara punya tanggal baru.',
  closed: 'Waktu untuk mengubah data ini sudah lewat.',
  missing: 'Masih ada yang perlu diisi.',
  ofOrder: 'Untuk pesanan ini',
  ofTicket: (number: number, category: string) => `Tiket ${number}, ${category}`,
  holder: 'Nama pemegang tiket',
  optional: 'boleh kosong',
  yes: 'Ya',
  no: 'Tidak',
  save: 'Simpan data',
  saved: 'Tersimpan. Unduh PDF lagi bila tiketnya sudah dicetak.',
  nothing: 'Belum ada yang diubah.',
  needed: 'Isi bagian ini dengan benar.',
  refused: {
    'order.details_closed': 'Waktu untuk mengubah data ini sudah lewat.',
    'order.names_used_up': 'Nama tiket ini sudah terlalu sering diganti. Hubungi penyelenggara.',
    'ticket.not_found': 'Salah satu tiket sudah tidak berlaku. Muat ulang halaman.',
    'question.not_found': 'Pertanyaannya sudah berubah. Muat ulang halaman.',
  } as Readonly<Record<string, string>>,
};

const en: typeof id = {
  title: 'About your tickets',
  until: (time: string) => `You can fill this in and change it until ${time}.`,
  untilDated: 'You can fill this in and change it until the event has a new date.',
  closed: 'The time for changing this is over.',
  missing: 'Something is still missing.',
  ofOrder: 'For this order',
  ofTicket: (number: number, category: string) => `Ticket ${number}, ${category}`,
  holder: "Ticket holder's name",
  optional: 'optional',
  yes: 'Yes',
  no: 'No',
  save: 'Save',
  saved: 'Saved. Download the PDF again if you have printed your tickets.',
  nothing: 'Nothing was changed.',
  needed: 'Fill this in properly.',
  refused: {
    'order.details_closed': 'The time for changing this is over.',
    'order.names_used_up': 'This ticket has changed its name too often. Ask the organiser.',
    'ticket.not_found': 'One of the tickets is no longer valid. Reload the page.',
    'question.not_found': 'The questions have changed. Reload the page.',
  },
};

export const orderDetailsWords: InEach<typeof id> = { id, en };
