import { html } from 'hono/html';
import { colours } from '../../../platform/colours.ts';
import type { Html } from './html.ts';
import type { OrderMailData } from '../order-mail.ts';
import { words } from './words.ts';

const footerWords = {
  id: {
    contact: (organizer: string) => `Ada pertanyaan? Hubungi ${organizer}:`,
    reply: (organizer: string) => `Ada pertanyaan? Balas pesan ini atau hubungi ${organizer}:`,
    privacy: 'Kebijakan privasi',
    terms: 'Syarat dan ketentuan',
  },
  en: {
    contact: (organizer: string) => `Questions? Contact ${organizer}:`,
    reply: (organizer: string) => `Questions? Answer this mail, or contact ${organizer}:`,
    privacy: 'Privacy notice',
    terms: 'Terms',
  },
} as const;

/**
 * The end of a mail about an order, as text and as HTML: the sender, the organizer's contact, and its privacy notice
 * and terms.
 * @param reason why the reader gets this mail
 */
export function orderFooter(data: OrderMailData, reason?: string): { readonly text: string; readonly html: Html } {
  const { organizerName, seller, locale } = data;
  const say = footerWords[locale];
  const first = reason ?? words[locale].footer(organizerName);
  const ways = [
    ...(seller.email === null ? [] : [{ text: seller.email, href: `mailto:${seller.email}` }]),
    ...(seller.phone === null ? [] : [{ text: seller.phone, href: `tel:${seller.phone.replace(/[^\d+]/g, '')}` }]),
  ];
  const pages = [
    ...(seller.privacyLink === undefined ? [] : [{ label: say.privacy, href: seller.privacyLink }]),
    ...(seller.termsLink === undefined ? [] : [{ label: say.terms, href: seller.termsLink }]),
  ];
  const contact = seller.email === null ? say.contact(organizerName) : say.reply(organizerName);
  return {
    text: [
      first,
      ...(ways.length === 0 ? [] : [`${contact} ${ways.map(({ text }) => text).join(', ')}`]),
      ...pages.map(({ label, href }) => `${label}: ${href}`),
    ].join('\n'),
    html: html`${first}${ways.length === 0 ? '' : html`<br>${contact} ${joined(ways.map(({ text, href }) => link(text, href)))}`}${pages.length === 0 ? '' : html`<br>${joined(pages.map(({ label, href }) => link(label, href)))}`}`,
  };
}

const link = (text: string, href: string): Html =>
  html`<a href="${href}" class="soft" style="color:${colours.muted}">${text}</a>`;

const joined = (parts: readonly Html[]): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : html` · ${part}`))}`;
