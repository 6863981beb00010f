import { teamWords } from '../../../i18n/words/desk/team.ts';
import type { Desk } from '../desk.ts';
import { rowForm } from '../parts/form.ts';
import { chip } from '../parts/pieces.ts';
import type { Column } from '../parts/table.ts';

type Credential = { readonly id: string; readonly name: string; readonly endedAt: string | null };

/**
 * The last columns of a list of credentials: status, and a form with the act `end`.
 * @param idField name of the form field that carries the id
 * @param asks what ending one does
 */
export function endingColumns<Row extends Credential>(desk: Desk, idField: string, asks: string): Column<Row>[] {
  const words = teamWords[desk.language];
  return [
    {
      label: words.status,
      cell: ({ endedAt }) => (endedAt === null ? chip(words.active, 'good') : chip(words.ended)),
    },
    {
      label: '',
      cell: ({ id, name, endedAt }) =>
        endedAt === null ? rowForm(desk, { act: 'end', idField, id, submit: `${words.end}: ${name}`, asks }) : '',
    },
  ];
}
