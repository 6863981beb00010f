import type { Db } from '../platform/db.ts';
import { findEventIdBySlug } from './placement-queries.ts';

/** Finds the event of a slug without asking the database each time: a slug does not change once it is given. */
export type EventDirectory = { eventIdOf(slug: string): Promise<string | undefined> };

const knownMax = 10_000;
const unknownMs = 1000;

export function createEventDirectory(db: Db): EventDirectory {
  const known = new Map<string, string>();
  const unknownUntil = new Map<string, number>();
  const asked = new Map<string, Promise<string | undefined>>();

  const ask = async (slug: string): Promise<string | undefined> => {
    try {
      const id = await findEventIdBySlug(db, slug);
      if (id === undefined) remember(unknownUntil, slug, performance.now() + unknownMs);
      else remember(known, slug, id);
      return id;
    } finally {
      asked.delete(slug);
    }
  };

  return {
    eventIdOf: async (slug) => {
      const id = known.get(slug);
      if (id !== undefined) return id;
      if ((unknownUntil.get(slug) ?? 0) > performance.now()) return undefined;
      let question = asked.get(slug);
      if (question === undefined) {
        question = ask(slug);
        asked.set(slug, question);
      }
      return question;
    },
  };
}

/** Bounded: the oldest entry leaves. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= knownMax) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
