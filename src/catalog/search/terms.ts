import { searchPositionsMax, searchWordsMax, termLengthMax } from '../limits.ts';
import { foldText } from './fold.ts';

/**
 * The only tokeniser of the search, for stored texts and for queries.
 *
 * - A word is a run of letters and digits. Other characters separate words: AC/DC gives adjacent `ac` and `dc`, and
 *   also `acdc`.
 * - Scripts without blanks between words give pairs of characters, so any part of a name is a sequence of pairs.
 * - A symbol or emoji is a term of its own. It counts only in a query that has nothing else. Punctuation is never a
 *   term.
 */
type Term = {
  readonly text: string;
  readonly position: number;
  readonly kind: 'word' | 'pair' | 'last' | 'symbol';
};

const unspaced =
  '[[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}' +
  '\\p{scx=Tibetan}\\p{scx=Javanese}\\p{scx=Balinese}]&&[\\p{L}\\p{M}\\p{N}]]';
const part = new RegExp(
  `(?<run>${unspaced}+)|(?<word>[[\\p{L}\\p{M}\\p{N}]--${unspaced}]+)|(?<symbol>[\\p{S}--\\p{Sk}])`,
  'gv',
);
/** Blanks and dashes separate the pieces of a query. The words of one piece are adjacent. */
const betweenPieces = /[\s\p{Pd}]+/u;
const wordsJoinedMax = 6;

/** The terms of one piece, starting at a position. */
function* termsOf(piece: string, from: number): Generator<Term> {
  let position = from;
  for (const { groups = {} } of piece.matchAll(part)) {
    const { run, word, symbol } = groups;
    if (run !== undefined) {
      const characters = Array.from(run);
      for (const [at, character] of characters.entries()) {
        const next = characters[at + 1];
        yield { text: character + (next ?? ''), position, kind: next === undefined ? 'last' : 'pair' };
        position += 1;
      }
    } else {
      const text = word ?? symbol ?? '';
      yield { text: text.slice(0, termLengthMax), position, kind: word === undefined ? 'symbol' : 'word' };
      position += 1;
    }
  }
}

/**
 * The search entry of an event, as the text of a `tsvector`. Words that other characters join without a blank are also
 * stored as one, from each word on: `acdc`, and `hiphop` of "rap/hip-hop".
 */
export function searchVectorOf(texts: readonly string[]): string {
  const lexemes: string[] = [];
  let position = 1;
  for (const piece of foldText(texts.join(' ')).split(/\s+/u)) {
    const terms = [...termsOf(piece, position)];
    for (const [at, term] of terms.entries()) {
      if (term.position > searchPositionsMax) return lexemes.join(' ');
      const joined = joinedFrom(terms, at);
      for (const text of joined === undefined ? [term.text] : [term.text, joined]) {
        lexemes.push(`'${text}':${term.position}`);
      }
      position = term.position + 1;
    }
  }
  return lexemes.join(' ');
}

function joinedFrom(terms: readonly Term[], at: number): string | undefined {
  const words: string[] = [];
  for (const { kind, text } of terms.slice(at, at + wordsJoinedMax)) {
    if (kind !== 'word') break;
    words.push(text);
  }
  return words.length < 2 ? undefined : words.join('').slice(0, termLengthMax);
}

/**
 * A query as the text of a `tsquery`. All pieces must match, and each matches the beginning of a word or adjacent words.
 * Queries that differ only in case, accents, order or punctuation give equal texts. Undefined if the query has nothing to
 * search for. Terms contain only letters, digits and symbols, so they cannot contain an operator.
 */
export function searchQueryOf(question: string): string | undefined {
  const pieces = foldText(question)
    .split(betweenPieces)
    .map((piece) => [...termsOf(piece, 0)]);
  const spoken = pieces
    .map((terms) => terms.filter(({ kind }) => kind !== 'symbol'))
    .filter((terms) => terms.length > 0);
  const asked = (spoken.length > 0 ? spoken : pieces.filter((terms) => terms.length > 0)).slice(0, searchWordsMax);
  const parts = new Set(asked.map(pieceQuery));
  return parts.size === 0 ? undefined : [...parts].sort().join(' & ');
}

function pieceQuery(terms: readonly Term[]): string {
  // The last character of a run is also in the pair before it.
  const needed = terms.filter(({ kind }, at) => kind !== 'last' || terms[at - 1]?.kind !== 'pair');
  let query = '';
  let before: number | undefined;
  for (const [at, { text, position }] of needed.entries()) {
    if (before !== undefined) query += ` <${position - before}> `;
    query += `'${text}'${at === needed.length - 1 ? ':*' : ''}`;
    before = position;
  }
  const joined = needed.every(({ kind }) => kind === 'word') ? joinedFrom(needed, 0) : undefined;
  if (joined !== undefined) return `(${query} | '${joined}':*)`;
  return needed.length > 1 ? `(${query})` : query;
}

/** The key of a filter such as a city: equal for all spellings of a name. */
export function filterKeyOf(name: string): string {
  return foldText(name)
    .split(/[^\p{L}\p{M}\p{N}\p{S}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}
