import { parseArgs } from 'node:util';

export type Options = {
  readonly slug: string;
  /** Address of the service, without a slash at the end. */
  readonly url: string;
  readonly place: OwnPlace | undefined;
  readonly notesFile: string | undefined;
};

/** A buyer's own place. The answer to joining contains salt and account key, which prove that a leaf is the buyer's. */
export type OwnPlace = {
  readonly index: number;
  readonly accountKey: string | undefined;
  readonly salt: string | undefined;
};

export const usage = `npm run audit:draw -- <event slug> [options]

  --url <address>         the service; default http://localhost:3000, or the stack that runs from this folder
  --place-token <token>   your place, as joining gave it
  --salt <hex>            your salt, as joining gave it: proves that the place in the list is yours
  --index <number>        any place, instead of a token
  --notes <file>          writes down what is published now, and checks that it still says what was written down before

Exit codes: 0 everything that can be checked is correct, 1 something is wrong, 2 there is nothing to check yet.`;

/** @throws Error with one sentence for invalid arguments */
export function readOptions(args: readonly string[], defaultUrl: string): Options | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string', default: defaultUrl },
      'place-token': { type: 'string' },
      salt: { type: 'string' },
      index: { type: 'string' },
      notes: { type: 'string' },
    },
  });
  if (values.help === true) return 'help';
  const [slug] = positionals;
  if (slug === undefined || positionals.length > 1) throw new Error('name one event, by the slug of its address');
  return {
    slug,
    url: values.url.replace(/\/+$/, ''),
    place: placeOf(values['place-token'], values.index, values.salt),
    notesFile: values.notes,
  };
}

function placeOf(token: string | undefined, index: string | undefined, salt: string | undefined): OwnPlace | undefined {
  if (salt !== undefined && !/^[0-9a-f]{32}$/.test(salt)) throw new Error('--salt is 32 hex digits');
  if (token !== undefined) {
    const [kind, , tokenIndex, accountKey] = token.split('.');
    if (kind !== 'place' || tokenIndex === undefined || !/^\d+$/.test(tokenIndex))
      throw new Error('--place-token is what joining gave: place.<event>.<index>.<account>.<mark>');
    return { index: Number(tokenIndex), accountKey, salt };
  }
  if (index === undefined) return undefined;
  if (!/^\d{1,10}$/.test(index)) throw new Error('--index is a whole number');
  return { index: Number(index), accountKey: undefined, salt: undefined };
}
