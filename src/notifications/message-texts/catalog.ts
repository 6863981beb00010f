/**
 * Every WhatsApp message: its variables in their order, which are those of the template that an organiser registers at
 * Meta, and the text that senders without templates send. An organiser may write texts of its own.
 */

/**
 * The meaning of each variable. `text` is the organiser's text in an announcement. `link` is the page of the order; at
 * Meta it is the template's button.
 */
export const messageVariables = [
  'name',
  'event',
  'time',
  'place',
  'order',
  'organizer',
  'text',
  'code',
  'link',
] as const;
export type MessageVariable = (typeof messageVariables)[number];

type MessageDefinition = {
  /** The body's variables at Meta, {{1}} first. */
  readonly parameters: readonly MessageVariable[];
  /** The content of the button: the end of the order's address, or a code to copy, which is also in the body. */
  readonly button: 'link' | 'code' | 'none';
  /** A text without one of these would be useless. */
  readonly required: readonly MessageVariable[];
  readonly texts: Readonly<Record<'id' | 'en', string>>;
};

const messageDefinitions = {
  ticket_issued: {
    parameters: ['name', 'event', 'time', 'order'],
    button: 'link',
    required: ['link'],
    texts: {
      id: 'Halo {{name}}, tiket Anda untuk *{{event}}* sudah siap.\n\n{{time}}\nPesanan {{order}}\n\nBuka tiket: {{link}}\n\nJangan bagikan tautan ini: siapa pun yang memilikinya dapat memakai tiket Anda.',
      en: 'Hello {{name}}, your tickets for *{{event}}* are ready.\n\n{{time}}\nOrder {{order}}\n\nOpen your tickets: {{link}}\n\nKeep this link to yourself: anybody who has it can use your tickets.',
    },
  },
  order_cancelled: {
    parameters: ['name', 'event', 'order'],
    button: 'link',
    required: ['order'],
    texts: {
      id: 'Halo {{name}}, pesanan {{order}} untuk *{{event}}* dibatalkan.\n\nRincian: {{link}}',
      en: 'Hello {{name}}, your order {{order}} for *{{event}}* has been cancelled.\n\nDetails: {{link}}',
    },
  },
  order_refunded: {
    parameters: ['name', 'event', 'order'],
    button: 'link',
    required: ['order'],
    texts: {
      id: 'Halo {{name}}, dana untuk pesanan {{order}} (*{{event}}*) dikembalikan.\n\nRincian: {{link}}',
      en: 'Hello {{name}}, the money for your order {{order}} (*{{event}}*) is on its way back.\n\nDetails: {{link}}',
    },
  },
  event_cancelled: {
    parameters: ['name', 'event', 'time', 'order'],
    button: 'link',
    required: ['event'],
    texts: {
      id: 'Halo {{name}}, *{{event}}* pada {{time}} dibatalkan.\n\nPesanan {{order}}: {{link}}',
      en: 'Hello {{name}}, *{{event}}* on {{time}} has been called off.\n\nOrder {{order}}: {{link}}',
    },
  },
  event_moved: {
    parameters: ['name', 'event', 'time', 'place', 'order'],
    button: 'link',
    required: ['event', 'time', 'place'],
    texts: {
      id: 'Halo {{name}}, ada perubahan untuk *{{event}}*.\n\nWaktu: {{time}}\nTempat: {{place}}\n\nTiket Anda tetap berlaku. Pesanan {{order}}: {{link}}',
      en: 'Hello {{name}}, *{{event}}* has changed.\n\nTime: {{time}}\nPlace: {{place}}\n\nYour tickets stay valid. Order {{order}}: {{link}}',
    },
  },
  event_postponed: {
    parameters: ['name', 'event', 'time', 'order'],
    button: 'link',
    required: ['event'],
    texts: {
      id: 'Halo {{name}}, *{{event}}* pada {{time}} ditunda. Tanggal baru belum ditentukan, dan tiket Anda tetap berlaku.\n\nPesanan {{order}}: {{link}}',
      en: 'Hello {{name}}, *{{event}}* on {{time}} has been postponed. There is no new date yet, and your tickets stay valid.\n\nOrder {{order}}: {{link}}',
    },
  },
  event_practical: {
    parameters: ['name', 'event', 'text', 'order'],
    button: 'link',
    required: ['text'],
    texts: {
      id: 'Halo {{name}}, informasi dari penyelenggara *{{event}}*:\n\n{{text}}\n\nPesanan {{order}}: {{link}}',
      en: 'Hello {{name}}, a message from the organiser of *{{event}}*:\n\n{{text}}\n\nOrder {{order}}: {{link}}',
    },
  },
  event_news: {
    parameters: ['name', 'organizer', 'text'],
    button: 'none',
    required: ['organizer', 'text'],
    texts: {
      id: 'Halo {{name}}, kabar dari *{{organizer}}*:\n\n{{text}}\n\nBalas STOP untuk berhenti menerima kabar.',
      en: 'Hello {{name}}, news from *{{organizer}}*:\n\n{{text}}\n\nReply STOP to stop news.',
    },
  },
  event_reminder: {
    parameters: ['name', 'event', 'time', 'place', 'order'],
    button: 'link',
    required: ['event', 'time', 'link'],
    texts: {
      id: 'Halo {{name}}, pengingat: *{{event}}*.\n\nWaktu: {{time}}\nTempat: {{place}}\n\nTiket Anda, pesanan {{order}}: {{link}}',
      en: 'Hello {{name}}, a reminder: *{{event}}*.\n\nTime: {{time}}\nPlace: {{place}}\n\nYour tickets, order {{order}}: {{link}}',
    },
  },
  payment_expiring: {
    parameters: ['name', 'event', 'time', 'order'],
    button: 'link',
    required: ['time', 'link'],
    texts: {
      id: 'Halo {{name}}, pesanan {{order}} untuk *{{event}}* menunggu pembayaran sampai {{time}}.\n\nBayar: {{link}}',
      en: 'Hello {{name}}, your order {{order}} for *{{event}}* waits for its payment until {{time}}.\n\nPay: {{link}}',
    },
  },
  buyer_code: {
    parameters: ['code'],
    button: 'code',
    required: ['code'],
    texts: {
      id: '*{{code}}* adalah kode konfirmasi Anda. Jangan berikan kode ini kepada siapa pun.',
      en: '*{{code}}* is your confirmation code. Do not share this code with anybody.',
    },
  },
} as const satisfies Readonly<Record<string, MessageDefinition>>;

export type MessageName = keyof typeof messageDefinitions;
export const messageNames = Object.keys(messageDefinitions) as [MessageName, ...MessageName[]];

export function definitionOf(name: MessageName): MessageDefinition {
  return messageDefinitions[name];
}

/** The variables that a text of this message may use. */
export function variablesOf(name: MessageName): readonly MessageVariable[] {
  const { parameters, button } = definitionOf(name);
  return button === 'link' ? [...parameters, 'link'] : parameters;
}
