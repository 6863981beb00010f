import { html } from 'hono/html';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import type { Html } from '../../layout.ts';
import type { Desk } from '../desk.ts';

export type Column<Row> = {
  readonly label: string;
  cell(row: Row): string | number | Html;
  /** Aligned to the right. */
  readonly isNumber?: boolean;
};

type TableParts<Row> = {
  /** For screen readers only. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
};

/** Text whose words are not broken across lines, however narrow the column is. Longer words, such as addresses, may be. */
const staysWhole = (content: string | number | Html) => typeof content === 'string' && !/\S{15}/u.test(content);

/**
 * A table that becomes a list of cards on a narrow screen. The first column is the row's header. Roles are explicit, because the
 * cards' `display` removes the table semantics that screen readers need.
 */
export function table<Row>({ caption, columns, rows }: TableParts<Row>): Html {
  const heads = columns.map(({ label, isNumber }) =>
    // A column of buttons has no heading, and screen readers announce an empty <th>.
    label === ''
      ? html`<td role="cell"></td>`
      : html`<th role="columnheader" scope="col"${isNumber === true ? html` class="number"` : ''}>${label}</th>`,
  );
  const lines = rows.map((row) => {
    const cells = columns.map(({ label, cell, isNumber }, index) => {
      const content = cell(row);
      if (index === 0) return html`<th role="rowheader" scope="row">${content}</th>`;
      const kind = isNumber === true ? html` class="number"` : staysWhole(content) ? html` class="whole"` : '';
      return html`<td role="cell" data-label="${label}"${kind}><span>${content}</span></td>`;
    });
    return html`<tr role="row">${cells}</tr>`;
  });
  return html`<table class="desk-table" role="table"><caption class="visually-hidden">${caption}</caption><thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${lines}</tbody></table>`;
}

/** Many rows of figures. On a narrow screen it scrolls sideways below its first column, because a card for each row would be a hundred screens. */
export function denseTable<Row>({ caption, columns, rows }: TableParts<Row>): Html {
  const kind = (isNumber: boolean | undefined) => (isNumber === true ? html` class="number"` : '');
  const heads = columns.map(({ label, isNumber }) => html`<th scope="col"${kind(isNumber)}>${label}</th>`);
  const lines = rows.map(
    (row) =>
      html`<tr>${columns.map(({ cell, isNumber }, index) => (index === 0 ? html`<th scope="row">${cell(row)}</th>` : html`<td${kind(isNumber)}>${cell(row)}</td>`))}</tr>`,
  );
  return html`<div class="table-scroll" role="region" aria-label="${caption}" tabindex="0"><table class="dense-table"><caption class="visually-hidden">${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

/** The page of a list that the address asks for, as the API takes it. */
export function pageQuery(desk: Desk): { readonly cursor?: string } {
  const cursor = desk.query('cursor');
  return cursor === undefined ? {} : { cursor };
}

/** Links to the next page of a list and to its first page. */
export function paging(
  desk: Pick<Desk, 'language' | 'path' | 'query'>,
  nextCursor: string | null,
  kept: Readonly<Record<string, string | undefined>> = {},
): Html {
  const words = frameWords[desk.language];
  const isFirst = desk.query('cursor') === undefined;
  if (isFirst && nextCursor === null) return html``;
  const address = (cursor: string | undefined) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...kept, cursor })) if (value !== undefined) query.set(name, value);
    return query.size === 0 ? desk.path : `${desk.path}?${query.toString()}`;
  };
  return html`<nav class="paging" aria-label="${words.pages}">${isFirst ? '' : html`<a href="${address(undefined)}">${words.first}</a>`}${nextCursor === null ? '' : html` <a rel="next" href="${address(nextCursor)}">${words.next}</a>`}</nav>`;
}
