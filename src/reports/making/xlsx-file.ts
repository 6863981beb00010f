import { writeXlsxStream } from 'hucre/xlsx';
import { cutText } from '../../platform/text/cut-text.ts';
import type { Cell, OutputColumn } from './read-rows.ts';

/** Excel opens no longer text. */
const textLengthMax = 32_767;
/**
 * XML cannot express these, even escaped, and Excel does not open a file with one. The library does not remove them.
 */
const notInXml = /[\ufffe\uffff]/g;
const timeFormat = 'yyyy-mm-dd hh:mm:ss';
const timeWidth = 20;
const textWidth = 16;

/**
 * The rows as one sheet, and a further one after each million. A text cell is text for every spreadsheet, whatever it
 * begins with: only a formula cell runs, and none is written. Local times are dates, which have no zone in a
 * spreadsheet.
 */
export function xlsxFile(
  name: string,
  columns: readonly OutputColumn[],
  pages: AsyncIterable<readonly Cell[][]>,
): AsyncIterable<Uint8Array> {
  return writeXlsxStream(rowsOf(columns, pages), {
    name,
    columns: columns.map(({ name: header, type }) => ({
      header,
      ...(type === 'local_time' ? { numFmt: timeFormat, width: timeWidth } : { width: textWidth }),
    })),
    freezePane: { rows: 1 },
    // A wide sheet of a million rows has more than 4 GiB before it is compressed.
    zip64: true,
  });
}

async function* rowsOf(
  columns: readonly OutputColumn[],
  pages: AsyncIterable<readonly Cell[][]>,
): AsyncGenerator<(string | number | Date | null)[], void> {
  const isLocalTime = columns.map(({ type }) => type === 'local_time');
  for await (const page of pages) {
    for (const cells of page) {
      yield cells.map((cell, index) => {
        if (typeof cell !== 'string') return cell;
        // The spreadsheet shows the hours of UTC: given the local hours, it shows those.
        return isLocalTime[index] === true
          ? new Date(`${cell}Z`)
          : cutText(cell.replaceAll(notInXml, ''), textLengthMax);
      });
    }
  }
}
