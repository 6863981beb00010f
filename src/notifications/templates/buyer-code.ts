import { html } from 'hono/html';
import { formatClockIn } from '../../platform/text/format-time.ts';
import type { Mail, WhatsappMessage } from '../channel.ts';
import { type Html, mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { words } from './parts/words.ts';

export type BuyerCodeData = {
  readonly locale: 'id' | 'en';
  /** Six digits. */
  readonly code: string;
  /** Undefined when the code is for no event in particular. */
  readonly organizerName: string | undefined;
  readonly expiresAt: Date;
};

/** The mail with the code that a buyer confirms the address with. */
export function buyerCodeMail(data: BuyerCodeData & { readonly timeZone: string }): Mail {
  const { locale, organizerName } = data;
  const say = words[locale].code;
  const code = grouped(data.code);
  const until = say.until(formatClockIn(data.expiresAt, data.timeZone, locale));
  return {
    subject: say.subject(code),
    text: [say.lead, code, until, say.notYou].join('\n\n'),
    html: mailFrame({
      locale,
      preview: say.lead,
      kicker: say.kicker,
      title: say.title,
      body: [paragraph(say.lead), digits(code), paragraph(until), softParagraph(say.notYou)],
      footer: organizerName === undefined ? 'antre' : `antre · ${organizerName}`,
    }),
    attachments: [],
  };
}

/**
 * The code as a WhatsApp message, by a template of the category "authentication", which an organiser registers in both
 * languages as `buyer_code`. WhatsApp fixes its text; {{1}} is the code, which its button copies.
 */
export function buyerCodeMessage({ locale, code }: BuyerCodeData): WhatsappMessage {
  return { locale, template: 'buyer_code', bodyParameters: [code], buttonSuffix: code };
}

const grouped = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`;

function digits(code: string): Html {
  return html`<p class="strong" style="margin:0 0 16px;font-size:34px;font-weight:700;letter-spacing:.12em;font-variant-numeric:tabular-nums">${code}</p>`;
}
