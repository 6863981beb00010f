import { LRUCache } from 'lru-cache';
import { findLeaves, listChunkRoots } from './queries.ts';
import type { Db } from '../../../platform/database/db.ts';
import { type Levels, levelsOf, proofOf } from './merkle.ts';
import { chunksOf, hashBytes, leavesPerChunk } from '../order/method.ts';
import { type RootedList, findRootedList } from '../queries.ts';

export type Proof = { readonly leaf: Uint8Array; readonly siblings: readonly Uint8Array[] };

/**
 * The frozen lists for public reads. A list with a root never changes, so this process caches lists that were read lately.
 * A list without a root is read again.
 */
export type PublishedLists = {
  /** The list of a public event's draw: undefined without such an event or room, `unrooted` before its root exists. */
  listOf(slug: string): Promise<RootedList | 'unrooted' | undefined>;
  /** Undefined past the end of the list. */
  leavesOf(list: RootedList, chunk: number): Promise<Buffer | undefined>;
  /** Undefined past the end of the list. */
  proofOf(list: RootedList, index: number): Promise<Proof | undefined>;
};

const listsKept = 500;
/** Chunks with their trees, 64 KB each. */
const chunksKept = 256;
/** Lists with their trees, 62 KB each for a million places. */
const rootsKept = 50;

export function createPublishedLists({ db }: { db: Db }): PublishedLists {
  const lists = new LRUCache<string, RootedList>({ max: listsKept });
  const chunks = new LRUCache<string, Levels>({ max: chunksKept });
  const roots = new LRUCache<string, Levels>({ max: rootsKept });

  const chunkOf = async ({ eventId, places }: RootedList, chunk: number): Promise<Levels | undefined> => {
    if (chunk >= chunksOf(places)) return undefined;
    const name = `${eventId} ${chunk}`;
    return chunks.get(name) ?? keep(chunks, name, treeOf(await findLeaves(db, eventId, chunk)));
  };
  const rootsOf = async ({ eventId }: RootedList): Promise<Levels | undefined> =>
    roots.get(eventId) ?? keep(roots, eventId, treeOf(Buffer.concat(await listChunkRoots(db, eventId))));

  return {
    listOf: async (slug) => {
      const known = lists.get(slug);
      if (known !== undefined) return known;
      const found = await findRootedList(db, slug);
      return found === 'unrooted' ? found : keep(lists, slug, found);
    },
    leavesOf: async (list, chunk) => (await chunkOf(list, chunk))?.[0],
    proofOf: async (list, index) => {
      if (index >= list.places) return undefined;
      const [chunk, chunkRoots] = await Promise.all([chunkOf(list, Math.floor(index / leavesPerChunk)), rootsOf(list)]);
      if (chunk === undefined || chunkRoots === undefined) return undefined;
      const at = (index % leavesPerChunk) * hashBytes;
      return { leaf: chunk[0].subarray(at, at + hashBytes), siblings: proofOf(index, chunk, chunkRoots) };
    },
  };
}

function treeOf(nodes: Buffer | undefined): Levels | undefined {
  return nodes === undefined || nodes.length === 0 ? undefined : levelsOf(nodes);
}

function keep<Thing extends object>(
  things: LRUCache<string, Thing>,
  name: string,
  thing: Thing | undefined,
): Thing | undefined {
  if (thing !== undefined) things.set(name, thing);
  return thing;
}
