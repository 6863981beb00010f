import type { OrderMailData } from './order-mail.ts';
import type { ShortMailData } from './parts/short-mail.ts';

/** The data of the mails to the holder of a ticket. */
export type HolderMailData = ShortMailData &
  Pick<OrderMailData, 'calendar'> & {
    /** The page of the ticket; its fragment holds the secret. */
    readonly link: string;
  };

export const openTicketWords = { id: 'Buka tiket', en: 'Open the ticket' } as const;
