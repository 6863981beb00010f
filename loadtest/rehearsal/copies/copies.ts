import { say } from '../../bench/harness/stack.ts';
import { endOnSignal, isInterrupted } from '../../bench/harness/interruption.ts';
import { type Copy, endCopy } from './copy-event.ts';
import type { Organizer } from './organizer.ts';

type Made = Pick<Copy, 'id' | 'slug'>;

/** The copies of a rehearsal, which are ended once, even if Ctrl-C comes while they are being ended. */
export type Copies = {
  add(copy: Made): void;
  /** @returns what was done with each copy, for the reader */
  end(): Promise<string[]>;
};

/** @param closeRest closes everything else after the copies */
export async function withCopies<Result>(
  organizer: Organizer,
  closeRest: () => Promise<void>,
  act: (copies: Copies) => Promise<Result>,
): Promise<Result> {
  const made: Made[] = [];
  let ending: Promise<string[]> | undefined;
  const endAll = async () => {
    const ended: string[] = [];
    for (const copy of made)
      ended.push(await endCopy(organizer, copy).catch((error: unknown) => leftOver(copy, error)));
    for (const one of ended) say(one);
    await Promise.allSettled([organizer.signOut(), closeRest()]);
    return ended;
  };
  const end = () => (ending ??= endAll());
  const forget = endOnSignal(async () => void (await end()));
  try {
    return await act({ add: (copy) => made.push(copy), end });
  } finally {
    await end();
    if (!isInterrupted()) forget();
  }
}

function leftOver({ slug }: Made, error: unknown): string {
  return `${slug} could not be ended (${error instanceof Error ? error.message : String(error)}): call it off at the desk`;
}
