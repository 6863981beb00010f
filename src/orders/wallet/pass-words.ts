/** The words of wallet passes. */
export const passWords = {
  id: {
    ticketTo: (event: string) => `Tiket ${event}`,
    starts: 'Mulai',
    doors: 'Pintu dibuka',
    where: 'Tempat',
    category: 'Kategori',
    holder: 'Nama',
    order: 'Kode pesanan',
    code: 'Kode tiket',
    organizer: 'Penyelenggara',
    about: 'Tentang kartu ini',
    note:
      'Kartu ini tidak diperbarui sendiri. Bila acara dipindah, waktu yang berlaku ada di halaman pesanan dan email. Bila tiket ' +
      'dikembalikan atau diberikan kepada orang lain, kode di kartu ini ditolak di pintu.',
  },
  en: {
    ticketTo: (event: string) => `Ticket to ${event}`,
    starts: 'Starts',
    doors: 'Doors open',
    where: 'Place',
    category: 'Category',
    holder: 'Name',
    order: 'Order code',
    code: 'Ticket code',
    organizer: 'Organiser',
    about: 'About this pass',
    note:
      'This pass does not update itself. If the event is moved, the page of the order and our mails have the new time. If the ticket is ' +
      'refunded or given to somebody else, the door refuses the code in this pass.',
  },
} as const;
