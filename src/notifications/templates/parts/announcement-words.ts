/** The words of announcements, reminders and the end of the time to pay, in the two languages. */

type AnnouncementWords = {
  readonly practical: { readonly kicker: string; readonly from: (organizer: string) => string };
  readonly news: {
    readonly kicker: (organizer: string) => string;
    readonly footer: (organizer: string) => string;
    readonly stop: string;
  };
  readonly reminder: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly lead: (event: string, date: string) => string;
    readonly more: string;
    /** For the holder of a ticket that was given on, who has no order. */
    readonly moreForTicket: string;
  };
  readonly paymentExpiring: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly lead: (event: string, until: string) => string;
    readonly more: string;
  };
};

const id: AnnouncementWords = {
  practical: {
    kicker: 'Informasi acara',
    from: (organizer) => `Pesan dari ${organizer}, penyelenggara acara ini.`,
  },
  news: {
    kicker: (organizer) => `Kabar dari ${organizer}`,
    footer: (organizer) => `Anda menerima kabar ini karena menyetujuinya saat memesan tiket dari ${organizer}.`,
    stop: 'Berhenti menerima kabar',
  },
  reminder: {
    subject: (event) => `Segera: ${event}`,
    kicker: 'Pengingat',
    lead: (event, date) => `${event} berlangsung pada ${date}.`,
    more: 'Siapkan kode QR di halaman pesanan sebelum tiba di pintu masuk.',
    moreForTicket: 'Siapkan kode QR di halaman tiket sebelum tiba di pintu masuk.',
  },
  paymentExpiring: {
    subject: (event) => `Selesaikan pembayaran: ${event}`,
    kicker: 'Menunggu pembayaran',
    lead: (event, until) => `Pesanan Anda untuk ${event} menunggu pembayaran sampai ${until}.`,
    more: 'Setelah itu tempatnya dilepas untuk pembeli lain. Sudah membayar? Abaikan pesan ini: tiket segera dikirim. Tidak memesan? Abaikan juga; pesanan ini berakhir sendiri.',
  },
};

const en: AnnouncementWords = {
  practical: {
    kicker: 'About your event',
    from: (organizer) => `A message from ${organizer}, the organiser of this event.`,
  },
  news: {
    kicker: (organizer) => `News from ${organizer}`,
    footer: (organizer) => `You get this because you agreed to news when you ordered tickets from ${organizer}.`,
    stop: 'Stop news',
  },
  reminder: {
    subject: (event) => `Coming up: ${event}`,
    kicker: 'Reminder',
    lead: (event, date) => `${event} takes place on ${date}.`,
    more: 'Have the QR codes of your order page ready before you reach the door.',
    moreForTicket: 'Have the QR code of your ticket page ready before you reach the door.',
  },
  paymentExpiring: {
    subject: (event) => `Complete your payment: ${event}`,
    kicker: 'Waiting for payment',
    lead: (event, until) => `Your order for ${event} waits for its payment until ${until}.`,
    more: 'After that its places go to other buyers. Have you paid already? Ignore this message: your tickets are on their way. You did not order? Ignore it too; the order ends by itself.',
  },
};

export const announcementWords: Readonly<Record<'id' | 'en', AnnouncementWords>> = { id, en };
