import type { Statement } from './list-costliest.ts';

const textLengthMax = 110;

const columns: readonly (readonly [title: string, cell: (statement: Statement) => string])[] = [
  ['calls', ({ calls }) => String(calls)],
  ['total ms', ({ totalMs }) => totalMs.toFixed(1)],
  ['share', ({ share }) => `${(share * 100).toFixed(1)} %`],
  ['mean ms', ({ meanMs }) => meanMs.toFixed(3)],
  ['rows', ({ rows }) => String(rows)],
  ['blocks', ({ blocks }) => String(blocks)],
  ['WAL bytes', ({ walBytes }) => String(walBytes)],
];

/** A table for a terminal: figures aligned to the right, then the statement, shortened to one line. */
export function statementTable(statements: readonly Statement[]): string {
  if (statements.length === 0) return 'Nothing was counted yet.\n';
  const cells = statements.map((statement) => columns.map(([, cell]) => cell(statement)));
  const widths = columns.map(([title], place) =>
    Math.max(title.length, ...cells.map((row) => row[place]?.length ?? 0)),
  );
  const line = (row: readonly string[], text: string) =>
    `${row.map((cell, place) => cell.padStart(widths[place] ?? 0)).join('  ')}  ${text}\n`;
  const titles = columns.map(([title]) => title);
  return [
    line(titles, 'statement'),
    ...statements.map((statement, place) => line(cells[place] ?? [], shortened(statement.text))),
  ].join('');
}

function shortened(text: string): string {
  const oneLine = text
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return oneLine.length <= textLengthMax ? oneLine : `${oneLine.slice(0, textLengthMax - 3)}...`;
}
