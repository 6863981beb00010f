import { csvLine } from '../../platform/text/csv.ts';
import type { Cell, OutputColumn } from './read-rows.ts';

/** Excel reads a file as UTF-8 only if it begins with this. */
const byteOrderMark = '\uFEFF';

/**
 * The rows as CSV, one piece per page.
 * @param separator of the fields: Excel opens a file in columns only if it is the list separator of the computer's region
 */
export async function* csvFile(
  columns: readonly OutputColumn[],
  pages: AsyncIterable<readonly Cell[][]>,
  separator: ',' | ';' = ',',
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(
    byteOrderMark +
      csvLine(
        columns.map(({ name }) => name),
        separator,
      ),
  );
  for await (const page of pages) {
    const lines = page.map((cells) =>
      csvLine(
        cells.map((cell) => cell ?? ''),
        separator,
      ),
    );
    yield Buffer.from(lines.join(''));
  }
}
