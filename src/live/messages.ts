/**
 * The topic of a stream: an event as the public sees it, one order, the door of an event, or its sales. `facts` reaches
 * no client: it tells processes which figures of an event are outdated.
 */
export type StreamKind = 'event' | 'order' | 'door' | 'sales';
export type Topic = `${StreamKind | 'facts'}:${string}`;

export const topicOf = (kind: StreamKind | 'facts', id: string): Topic => `${kind}:${id}`;

/** A message before it has an id: topic, name, and its body as JSON text. */
export type Draft = {
  readonly topic: Topic;
  readonly name: MessageName;
  readonly data: string;
  /** How long a figure took to compute: it may lack what changed in this time. */
  readonly tookMs?: number | undefined;
};
export type MessageName = 'order' | 'availability' | 'queue' | 'counters' | 'sales' | 'facts';

/** Why a client gets a snapshot: its stream begins, or messages may have been missed. */
export const snapshotReasons = ['start', 'gap'] as const;
export type SnapshotReason = (typeof snapshotReasons)[number];

/**
 * A published message. Its id is the id of its entry in the stream of Redis (milliseconds and sequence) and its place in the entry:
 * `1764356040123-0.2`. Ids grow, and are the same in all processes.
 */
export type Message = Draft & { readonly id: string; readonly at: Position };
export type Position = readonly [milliseconds: number, sequence: number, place: number];

/** Of these only the newest counts, because it includes the earlier ones. */
const supersedes: ReadonlySet<MessageName> = new Set(['availability', 'queue', 'counters']);
export const isSuperseding = (name: MessageName): boolean => supersedes.has(name);

/** @returns undefined for a text that is not one of our ids */
export function positionOf(id: string): Position | undefined {
  const parts = /^(\d{1,15})-(\d{1,10})(?:\.(\d{1,4}))?$/.exec(id);
  return parts === null ? undefined : [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
}

export function isAfter(one: Position, other: Position): boolean {
  if (one[0] !== other[0]) return one[0] > other[0];
  return one[1] === other[1] ? one[2] > other[2] : one[1] > other[1];
}

/** Gives the drafts of one entry their ids. */
export function messagesOf(entryId: string, drafts: readonly Draft[]): Message[] {
  const [milliseconds, sequence] = positionOf(entryId) ?? [0, 0];
  return drafts.map((draft, place) => ({
    ...draft,
    id: `${entryId}.${place}`,
    at: [milliseconds, sequence, place] as const,
  }));
}

/** One event of a stream. `data` is JSON on one line. */
export function eventBytes(name: string, data: string, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`);
}
