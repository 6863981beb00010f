import { type ClientOptions, call } from './call.ts';
import type { CallAnswer, CallInput, OperationFacts } from './operation.ts';

type Page = { readonly data: readonly unknown[]; readonly nextCursor: string | null };

/** A function for each operation, named as in the contract. Paged ones can also be iterated, by page or by item. */
export function createClientOf(
  operations: Readonly<Record<string, OperationFacts>>,
  options: ClientOptions,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, facts]) => {
      const operation = (input: CallInput = {}) => call(facts, input, options);
      if (!facts.paged) return [name, operation];
      const pages = (input: CallInput = {}) => pagesOf(operation, input);
      return [name, Object.assign(operation, { pages, items: (input: CallInput = {}) => itemsOf(pages(input)) })];
    }),
  );
}

async function* pagesOf(
  operation: (input: CallInput) => Promise<CallAnswer<unknown>>,
  input: CallInput,
): AsyncGenerator<CallAnswer<Page>> {
  let cursor = input.query?.['cursor'];
  do {
    const answer = (await operation({ ...input, query: { ...input.query, cursor } })) as CallAnswer<Page>;
    yield answer;
    cursor = answer.data.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function* itemsOf(pages: AsyncIterable<CallAnswer<Page>>): AsyncGenerator<unknown> {
  for await (const { data } of pages) yield* data.data;
}
