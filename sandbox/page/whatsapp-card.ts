import { html } from 'hono/html';
import type { MessageButton, MessageText, WhatsappSender } from '../demo-accounts.ts';
import type { WhatsappMessage } from '../graph/graph.ts';
import { templatesOf } from '../graph/submit-template.ts';
import { type Html, clockTime } from './layout.ts';

/** The words of a message: its registered template, or the product's own text. */
export type WordsOf = (message: WhatsappMessage) => Pick<MessageText, 'body' | 'button'> | undefined;

export function createWordsOf(senders: ReadonlyMap<string, WhatsappSender>, texts: readonly MessageText[]): WordsOf {
  return ({ phoneNumberId, template, language }) => {
    const isIt = (known: { readonly name: string; readonly language: string }) =>
      known.name === template && known.language === language;
    const sender = senders.get(phoneNumberId);
    const registered = sender === undefined ? undefined : templatesOf(sender).find(isIt);
    if (registered?.body === undefined) return texts.find(isIt);
    const { body, button } = registered;
    return { body, ...(button === undefined ? {} : { button }) };
  };
}

/** A message as its phone shows it, with what the Graph API was sent. Without words it is its values. */
export function whatsappCard(message: WhatsappMessage, wordsOf: WordsOf): Html {
  const status = message.statuses.at(-1)?.status ?? 'accepted';
  const words = wordsOf(message);
  const values = valuesOf(message, 'body');
  return html`<div class="card">
    <div class="row"><strong>+${message.to}</strong><span class="soft">${message.template} (${message.language})</span>
      <span class="tag ${status === 'failed' ? 'bad' : 'good'}">${status}</span></div>
    <div class="bubble" lang="${message.language}">${imageIds(message).map((id) => html`<img src="/whatsapp/media/${id}" alt="Picture of the message" width="160" />`)}<p>${words === undefined ? values.join(' · ') : formatted(filled(words.body, values))}</p>
      ${words?.button === undefined ? '' : buttonOf(words.button, valuesOf(message, 'button')[0])}
      <span class="soft">${clockTime(message.at)}</span></div>
  </div>`;
}

function filled(text: string, values: readonly string[]): string {
  return text.replaceAll(/\{\{(\d+)\}\}/g, (variable, number) => values[Number(number) - 1] ?? variable);
}

/** WhatsApp shows `*text*` in bold. */
function formatted(text: string): Html[] {
  return text
    .split(/\*([^*\n]+)\*/)
    .map((part, index) => (index % 2 === 1 ? html`<strong>${part}</strong>` : html`${part}`));
}

function buttonOf({ text, url }: MessageButton, value: string | undefined): Html {
  if (url === undefined || value === undefined) return html`<span class="bubble-button">${text}</span>`;
  return html`<a class="bubble-button" href="${filled(url, [value])}">${text}</a>`;
}

function valuesOf(message: WhatsappMessage, type: 'body' | 'button'): string[] {
  return message.components
    .filter((component) => component.type === type)
    .flatMap(({ parameters }) => parameters.flatMap((parameter) => (hasText(parameter) ? parameter.text : [])));
}

function hasText(parameter: unknown): parameter is { text: string } {
  return (
    typeof parameter === 'object' && parameter !== null && 'text' in parameter && typeof parameter.text === 'string'
  );
}

function imageIds(message: WhatsappMessage): string[] {
  return message.components.flatMap((component) =>
    component.type === 'header'
      ? component.parameters.flatMap((parameter) => (parameter.type === 'image' ? (parameter.image.id ?? []) : []))
      : [],
  );
}
