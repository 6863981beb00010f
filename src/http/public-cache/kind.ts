import { z } from 'zod';
import { sha256Hex } from '../../platform/crypto.ts';
import type { DomainError } from '../../platform/errors.ts';
import { createGate, type Gate } from '../../platform/resilience/gate.ts';
import { type ReadMetrics, readMetrics } from './metrics.ts';
import { type ShareBudget, createShareBudget } from './share-budget.ts';

/** The common properties of all answers of one kind. */
export type ReadKind = {
  /** A closed set: it is a metric label and a surrogate key. */
  readonly name: string;
  /**
   * A digest of the form of its bodies. Builds with different forms, as during a release, do not share answers: a page would miss what only the
   * newer one has.
   */
  readonly form: string;
  /** The media type of its bodies. Bodies of all but JSON are rendered as text. */
  readonly type: string;
  /** The longest time that bytes count as current without a pushed change. */
  readonly ttlMs: number;
  /** How long a CDN may send older bytes while it asks again. */
  readonly staleWhileRevalidateSeconds: number;
  /** How long a CDN may send older bytes while the service is down. */
  readonly staleIfErrorSeconds: number;
  /** Keeps cold reads from occupying every connection of the pool. */
  readonly builds: Gate;
  /** Keeps answers of a kind whose addresses anyone can invent from filling Redis. */
  readonly sharing: ShareBudget | undefined;
  readonly metrics: ReadMetrics;
};

/** Cold reads of one kind that may wait, and for how long. */
const buildsWaitingMax = 2000;
const buildWaitMs = 2000;

export const jsonType = 'application/json';

export function readKind(options: {
  name: string;
  /** Of the bodies, unless they live for a second. */
  schema?: z.ZodType;
  /** Default: JSON. */
  type?: string;
  ttlMs: number;
  staleWhileRevalidateSeconds: number;
  staleIfErrorSeconds: number;
  /** Concurrent rebuilds of this kind in this process. */
  buildsMax: number;
  /** Bytes of different answers that this process shares at a time. Default: no bound, for kinds with few addresses. */
  sharedBytesMax?: number;
}): ReadKind {
  const { sharedBytesMax, schema, type = jsonType, ...times } = options;
  return {
    ...times,
    type,
    form: schema === undefined ? '' : formOf(schema),
    sharing: sharedBytesMax === undefined ? undefined : createShareBudget(sharedBytesMax),
    builds: createGate(options.buildsMax, { waitingMax: buildsWaitingMax, waitMs: buildWaitMs }),
    metrics: readMetrics(options.name),
  };
}

function formOf(schema: z.ZodType): string {
  return sha256Hex(JSON.stringify(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }))).slice(0, 8);
}

/** The identity of an answer. It is known only after its address is resolved. */
export type ReadPlace = {
  /** The object that changes, for example `evt:evt_7K3M9XQ2`. In Redis it is the hash tag of all keys under it. */
  readonly tag: string;
  /** The rest of the key in Redis. */
  readonly name: string;
  /** Surrogate keys, by which CDNs purge. */
  readonly surrogateKeys: string;
};

type Rendered = {
  readonly body: unknown;
  /** When time alone changes the body (for example when a sale opens). Bytes are not current after it. */
  readonly currentForMs?: number;
};

/** A public read: its key, and how its answer is found. */
export type Read = {
  /** The normalised address: equal for all requests with equal answers. */
  readonly key: string;
  readonly kind: ReadKind;
  /** Changes that may create a missing answer. */
  readonly missingTags: readonly string[];
  readonly missing: () => DomainError;
  /** Undefined if the object does not exist. */
  readonly locate: () => Promise<ReadPlace | undefined>;
  /** `changedLately`: a replica may not have the change yet. Undefined if the object does not exist. */
  readonly render: (place: ReadPlace, options: { changedLately: boolean }) => Promise<Rendered | undefined>;
};
