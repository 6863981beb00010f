/** The words of notices that an event is called off, postponed or moved, in the two languages, side by side. */

type EventWords = {
  readonly cancelled: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly lead: (event: string, date: string) => string;
    /** The earlier date. */
    readonly when: string;
    readonly paid: string;
    readonly free: string;
    readonly unpaid: string;
  };
  readonly postponed: {
    readonly subject: (event: string) => string;
    readonly kicker: string;
    readonly lead: (event: string, date: string) => string;
    readonly more: string;
  };
  readonly moved: {
    /** The event was postponed and has a date again. */
    readonly subjectDated: (event: string) => string;
    readonly leadDated: (event: string, date: string, place: string) => string;
    readonly subjectTime: (event: string) => string;
    readonly subjectPlace: (event: string) => string;
    readonly subjectBoth: (event: string) => string;
    readonly kicker: string;
    readonly leadTime: (event: string, date: string) => string;
    readonly leadPlace: (event: string, place: string) => string;
    readonly leadBoth: (event: string, date: string, place: string) => string;
    readonly before: (name: string) => string;
    readonly now: (name: string) => string;
    readonly more: string;
  };
};

const id: EventWords = {
  cancelled: {
    subject: (event) => `Acara dibatalkan: ${event}`,
    kicker: 'Acara dibatalkan',
    lead: (event, date) =>
      `${event}, yang direncanakan pada ${date}, dibatalkan oleh penyelenggara. Acara ini tidak jadi diadakan.`,
    when: 'Waktu semula',
    paid: 'Uang Anda dikembalikan melalui cara bayar yang sama; bank dapat memerlukan beberapa hari kerja. Anda tidak perlu melakukan apa pun. Tiketnya tidak berlaku lagi.',
    free: 'Tiket Anda tidak berlaku lagi. Anda tidak perlu melakukan apa pun.',
    unpaid:
      'Pesanan Anda belum dibayar dan ikut berakhir: jangan dibayar lagi. Bila pembayaran sudah telanjur dikirim, uangnya dikembalikan.',
  },
  postponed: {
    subject: (event) => `Acara ditunda: ${event}`,
    kicker: 'Acara ditunda',
    lead: (event, date) =>
      `${event}, yang direncanakan pada ${date}, ditunda oleh penyelenggara. Tanggal baru belum ditentukan.`,
    more: 'Tiket Anda tetap berlaku untuk tanggal yang baru. Begitu tanggalnya ditentukan, kami mengabari Anda. Lampiran menghapus tanggal lama dari kalender Anda.',
  },
  moved: {
    subjectDated: (event) => `Tanggal baru: ${event}`,
    leadDated: (event, date, place) => `${event} yang ditunda kini memiliki tanggal: ${date}, di ${place}.`,
    subjectTime: (event) => `Waktu berubah: ${event}`,
    subjectPlace: (event) => `Tempat berubah: ${event}`,
    subjectBoth: (event) => `Waktu dan tempat berubah: ${event}`,
    kicker: 'Perubahan acara',
    leadTime: (event, date) => `Waktu ${event} berubah. Sekarang: ${date}.`,
    leadPlace: (event, place) => `Tempat ${event} berubah. Sekarang: ${place}.`,
    leadBoth: (event, date, place) => `Waktu dan tempat ${event} berubah. Sekarang: ${date}, di ${place}.`,
    before: (name) => `${name} semula`,
    now: (name) => `${name} sekarang`,
    more: 'Tiket Anda tetap berlaku. Lampiran memperbarui acara ini di kalender Anda.',
  },
};

const en: EventWords = {
  cancelled: {
    subject: (event) => `Event called off: ${event}`,
    kicker: 'Event called off',
    lead: (event, date) => `${event}, planned for ${date}, was called off by the organiser. It will not take place.`,
    when: 'It was to be on',
    paid: 'Your money goes back the way it came; a bank may take some working days. You need do nothing. The tickets are no longer valid.',
    free: 'Your tickets are no longer valid. You need do nothing.',
    unpaid:
      'Your order was not paid for and ends with the event: please do not pay for it now. If a payment is already on its way, the money goes back.',
  },
  postponed: {
    subject: (event) => `Event postponed: ${event}`,
    kicker: 'Event postponed',
    lead: (event, date) => `${event}, planned for ${date}, was postponed by the organiser. There is no new date yet.`,
    more: 'Your tickets stay valid for the new date, and we will tell you as soon as there is one. The attachment takes the old date out of your calendar.',
  },
  moved: {
    subjectDated: (event) => `A date again: ${event}`,
    leadDated: (event, date, place) => `${event}, which was postponed, has a date: ${date}, at ${place}.`,
    subjectTime: (event) => `New time: ${event}`,
    subjectPlace: (event) => `New place: ${event}`,
    subjectBoth: (event) => `New time and place: ${event}`,
    kicker: 'Change of an event',
    leadTime: (event, date) => `The time of ${event} has changed. It is now ${date}.`,
    leadPlace: (event, place) => `The place of ${event} has changed. It is now ${place}.`,
    leadBoth: (event, date, place) => `The time and place of ${event} have changed. It is now ${date}, at ${place}.`,
    before: (name) => `${name} before`,
    now: (name) => `${name} now`,
    more: 'Your tickets stay valid. The attachment updates the event in your calendar.',
  },
};

export const eventWords: Readonly<Record<'id' | 'en', EventWords>> = { id, en };
