import { csvLine } from '../../platform/text/csv.ts';
import type { Cell, OutputColumn } from './read-rows.ts';

/** Excel reads a file as UTF-8 only if it begins with this. */
const byteOrderMark = '\uFEFF';

/** The rows as CSV, one piece per page. */
export async function* csvFile(
  columns: readonly OutputColumn[],
  pages: AsyncIterable<readonly Cell[][]>,
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(byteOrderMark + csvLine(columns.map(({ name }) => name)));
  for await (const page of pages) {
    yield Buffer.from(page.map((cells) => csvLine(cells.map((cell) => cell ?? ''))).join(''));
  }
}
