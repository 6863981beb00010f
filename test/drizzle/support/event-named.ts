/**
 * Reads a statement, or a SQL function with all its statements, and finds tables whose rows are read or written without saying of
 * which event. It knows the SQL that this repository writes: one alias for each table, and a part of a statement for each pair of
 * brackets.
 */

/** The text between two brackets, with the number of each inner pair in place of its content. */
type Part = { readonly text: string; readonly inner: readonly Part[] };

const column = String.raw`(?:([a-z_]\w*)\.)?event_id`;
/** `a.event_id = ...`, `(a.event_id, a.id) in ...` and `... = a.event_id`. */
const named = new RegExp(String.raw`(?<![\w.])${column} (?:=|in) (?=(\S+))`, 'gi');
const namedInRow = new RegExp(String.raw`\(\s*${column}\s*,[^()]*\) (?:=|in) `, 'gi');
const namedByOther = new RegExp(String.raw`(\S+) = ${column}(?![\w.])`, 'gi');
const begins = /^ ?(?:select|with|insert|update|delete|values)\b/i;
const noAlias =
  /^(?:where|on|set|join|left|right|inner|cross|full|order|group|having|limit|offset|for|using|returning|union|values|select|window|and|when|then|loop|default|from|as|asc|desc)$/i;

/**
 * @param tables that are distributed by event
 * @returns the tables that are used without naming the event, once for each place
 */
export function withoutEvent(sql: string, tables: readonly string[]): string[] {
  const faults: string[] = [];
  const use = new RegExp(
    String.raw`(?<![\w.])(insert into|from|join|update|using|,) (?:only )?(${tables.join('|')})(?![\w.(])(?=(?: as)?(?: ([a-z_]\w*))?(?: \((\d+)\))?)`,
    'gi',
  );
  const walk = (part: Part) => {
    for (const clause of part.text.split(/;|\b(?:union(?: all)?|except|intersect)\b/i))
      faults.push(...clauseFaults(clause, part, use));
    for (const inner of part.inner) walk(inner);
  };
  walk(partsOf(plain(sql)));
  return faults;
}

function clauseFaults(clause: string, part: Part, use: RegExp): string[] {
  const faults: string[] = [];
  /** Tables by the name that the clause knows them by. */
  const used = new Map<string, string>();
  for (const [, how = '', table = '', word = '', bracket] of clause.matchAll(use)) {
    if (/^insert/i.test(how)) {
      const written = bracket === undefined ? '' : (part.inner[Number(bracket)]?.text ?? '');
      if (!/\bevent_id\b/i.test(written)) faults.push(table);
      continue;
    }
    const alias = noAlias.test(word) ? '' : word;
    // After a comma a table has an alias here; without one it is a column.
    if (how !== ',' || alias !== '') used.set((alias || table).toLowerCase(), table);
  }
  const known = namedIn(conditionsOf(clause, part), [...used.keys()]);
  return [...faults, ...[...used].filter(([name]) => !known.has(name)).map(([, table]) => table)];
}

/** The names whose event is given from outside this clause, or equals the event of such a name. */
function namedIn(text: string, names: readonly string[]): ReadonlySet<string> {
  const only = names.length === 1 ? names[0] : undefined;
  const nameOf = (qualifier: string | undefined) =>
    qualifier === undefined ? only : names.find((name) => name === qualifier.toLowerCase());
  const known = new Set<string>();
  const pairs: (readonly [string, string])[] = [];
  const add = (one: string | undefined, other: string) => {
    if (one === undefined) return;
    const second = names.find((name) => other.toLowerCase().startsWith(`${name}.event_id`));
    if (second === undefined) known.add(one);
    else if (second !== one) pairs.push([one, second]);
  };
  for (const [, qualifier, other = ''] of text.matchAll(named)) add(nameOf(qualifier), other);
  for (const [, qualifier] of text.matchAll(namedInRow)) add(nameOf(qualifier), '');
  for (const [, other = '', qualifier] of text.matchAll(namedByOther)) add(nameOf(qualifier), other);
  for (let round = 0; round < pairs.length; round += 1)
    for (const [one, other] of pairs) if (known.has(one) || known.has(other)) known.add(one).add(other);
  return known;
}

/** The clause with the conditions in its brackets, without nested statements. */
function conditionsOf(clause: string, part: Part): string {
  return clause.replace(/\((\d+)\)/g, (_all, number: string) => {
    const inner = part.inner[Number(number)];
    return inner === undefined || begins.test(inner.text) ? '()' : `( ${conditionsOf(inner.text, inner)} )`;
  });
}

/** Without comments, texts and quotes of names, with single blanks. `event_id || ''` is an event that is hidden from the planner. */
function plain(sql: string): string {
  return sql
    .replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .replaceAll('"', '')
    .replaceAll(/([()=,;])/g, ' $1 ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([<>!:]) = /g, '$1= ')
    .replaceAll(/event_id \|\| (?:''|\$\d+)/g, 'event_id');
}

function partsOf(text: string): Part {
  type Open = { text: string; inner: Part[] };
  const open: Open[] = [{ text: '', inner: [] }];
  for (const piece of text.split(/([()])/)) {
    const top = open.at(-1);
    if (top === undefined) break;
    if (piece === '(') open.push({ text: '', inner: [] });
    else if (piece !== ')') top.text += piece;
    else {
      open.pop();
      const outer = open.at(-1);
      if (outer === undefined) throw new Error('a bracket is closed that was not opened');
      outer.text += `(${outer.inner.length})`;
      outer.inner.push(top);
    }
  }
  if (open.length !== 1) throw new Error('a bracket is not closed');
  return open[0] ?? { text: '', inner: [] };
}
