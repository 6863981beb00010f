import type { Mail } from '../channel.ts';
import { formatMoney } from '../../platform/text/format-money.ts';
import type { Money } from '../../platform/text/money.ts';
import { eventFacts } from './parts/order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { noticeMail } from './order-notice.ts';

/** The amount that was paid back for one reason so far, and the reason. */
export type PaidBack = {
  readonly amount: Money;
  readonly why: 'asked' | 'by_gateway' | 'paid_twice' | 'too_late' | 'too_much';
};

const words = {
  id: {
    subject: (event: string) => `Dana sudah kembali: ${event}`,
    kicker: 'Dana sudah kembali',
    lead: {
      asked: (amount: string, event: string) =>
        `Pengembalian untuk pesanan Anda (${event}) selesai: ${amount} sudah dikembalikan.`,
      by_gateway: (amount: string, event: string) =>
        `Penyedia pembayaran mengembalikan ${amount} dari pesanan Anda untuk ${event}. Anda tidak perlu melakukan apa pun.`,
      paid_twice: (amount: string, event: string) =>
        `Pesanan Anda untuk ${event} terbayar dua kali. Kelebihannya, ${amount}, sudah dikembalikan.`,
      too_late: (amount: string, event: string) =>
        `Pembayaran Anda untuk ${event} masuk setelah pesanan berakhir. ${amount} sudah dikembalikan.`,
      too_much: (amount: string, event: string) =>
        `Pembayaran Anda untuk ${event} tidak sesuai dengan jumlah pesanan. ${amount} sudah dikembalikan.`,
    },
    more: (tickets: number) =>
      `Dana kembali melalui cara bayar yang sama. ${tickets === 0 ? 'Pesanan ini tidak memiliki tiket yang berlaku.' : `${tickets} tiket tetap berlaku.`}`,
  },
  en: {
    subject: (event: string) => `Your money is back: ${event}`,
    kicker: 'Refund complete',
    lead: {
      asked: (amount: string, event: string) =>
        `The refund for your order (${event}) is complete: ${amount} has been paid back.`,
      by_gateway: (amount: string, event: string) =>
        `The payment provider has paid back ${amount} of your order for ${event}. There is nothing you need to do.`,
      paid_twice: (amount: string, event: string) =>
        `Your order for ${event} was paid twice. The second payment, ${amount}, has been paid back.`,
      too_late: (amount: string, event: string) =>
        `Your payment for ${event} came after the order had ended. ${amount} has been paid back.`,
      too_much: (amount: string, event: string) =>
        `Your payment for ${event} did not fit the amount of the order. ${amount} has been paid back.`,
    },
    more: (tickets: number) =>
      `The money went back the way it came. ${tickets === 0 ? 'No ticket of this order is valid.' : tickets === 1 ? 'One ticket stays valid.' : `${tickets} tickets stay valid.`}`,
  },
} as const;

/** The bank has confirmed a refund, or a person has paid it. */
export function refundDoneMail(data: OrderMailData, { amount, why }: PaidBack): Mail {
  const say = words[data.locale];
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(data.event.name),
    lead: say.lead[why](formatMoney(amount, data.locale), data.event.name),
    more: say.more(data.liveTickets),
    facts: eventFacts(data),
    privacy: data.tickets.length > 0,
  });
}
