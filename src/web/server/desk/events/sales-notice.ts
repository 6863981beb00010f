import { html } from 'hono/html';
import type { Language } from '../../../i18n/language.ts';
import { movingWords } from '../../../i18n/words/desk/events/moving.ts';
import { publicationWords } from '../../../i18n/words/desk/events/publication.ts';
import type { Html } from '../../layout.ts';
import { notice } from '../parts/pieces.ts';
import type { EventOfDesk } from './editor/event-form.ts';

/** Why nothing is sold at a published event, whatever the times of its categories say. Nothing if it is sold. */
export function salesNotice({ id, status, sales, isPostponed }: EventOfDesk, language: Language): Html {
  if (status !== 'published' || (sales === 'open' && !isPostponed)) return html``;
  const [words, moving] = [publicationWords[language], movingWords[language]];
  const [text, page, label] = isPostponed
    ? [moving.isPostponed, 'move', moving.giveDate]
    : [words.salesClosedText, 'publication#all-sales', words.openSales];
  return notice(html`${text} <a href="/desk/events/${id}/${page}">${label}</a>`, 'warn');
}
