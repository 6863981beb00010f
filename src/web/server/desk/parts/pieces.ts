import { html } from 'hono/html';
import type { Language } from '../../../i18n/language.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';

/** The colour of a status. A word always accompanies it. */
export type Mood = 'plain' | 'good' | 'warn' | 'bad';

export function chip(text: string, mood: Mood = 'plain'): Html {
  return html`<span class="chip${mood === 'plain' ? '' : ` chip-${mood}`}">${text}</span>`;
}

const eventMoods: Readonly<Record<string, Mood>> = { published: 'good', cancelled: 'bad' };

/** The text for an API code, followed by the code itself for programmers. */
export function withCode(text: string | undefined, code: string): Html {
  const shown = html`<code class="code">${code}</code>`;
  return text === undefined ? shown : html`${text} ${shown}`;
}

export function eventChip(status: string, language: Language): Html {
  return chip(statusWords[language][status] ?? status, eventMoods[status] ?? 'plain');
}

export function notice(text: string | Html, mood: Mood = 'plain'): Html {
  return html`<div class="notice${mood === 'plain' ? '' : ` notice-${mood}`}"><p>${text}</p></div>`;
}

/** The empty state of a list, with a link to create the first item. */
export function emptyState(
  title: string,
  text: string,
  action?: { readonly path: string; readonly label: string },
): Html {
  return html`<div class="panel empty"><h2>${title}</h2><p>${text}</p>${action === undefined ? '' : linkButton(action.path, action.label)}</div>`;
}

export function linkButton(path: string, label: string, isQuiet = false): Html {
  return html`<a class="button${isQuiet ? ' button-quiet' : ''}" href="${path}">${label}</a>`;
}

/** Links that narrow a list. */
export function filterLinks(
  label: string,
  links: readonly { readonly path: string; readonly label: string; readonly isCurrent: boolean }[],
): Html {
  const items = links.map(
    ({ path, label: text, isCurrent }) =>
      html`<li><a href="${path}"${isCurrent ? html` aria-current="true"` : ''}>${text}</a></li>`,
  );
  return html`<nav aria-label="${label}"><ul class="filter">${items}</ul></nav>`;
}

/** A titled section. */
export function panel(title: string, body: Html, id?: string): Html {
  return html`<section class="panel"${id === undefined ? '' : html` id="${id}"`}><h2>${title}</h2>${body}</section>`;
}

/** A description list. Entries without a value are left out. */
export function facts(entries: readonly (readonly [label: string, value: string | Html | undefined | null])[]): Html {
  const shown = entries.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return html`<dl class="facts">${shown.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Longer figures, such as amounts of money, span two columns. */
const figureLengthMax = 8;

/** Large figures, readable from a distance. */
export function bigFigures(entries: readonly (readonly [string, string])[]): Html {
  return html`<dl class="big-figures">${entries.map(([label, value]) => html`<div${value.length > figureLengthMax ? html` class="wide"` : ''}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}
