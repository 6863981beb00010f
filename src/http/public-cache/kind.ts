import type { DomainError } from '../../platform/errors.ts';
import { createGate, type Gate } from '../../platform/resilience/gate.ts';
import { type ReadMetrics, readMetrics } from './metrics.ts';

/** What all answers of one sort have in common. */
export type ReadKind = {
  /** Closed set: a label of metrics and a surrogate key. */
  readonly name: string;
  /** Longest time that bytes count as current when no change was pushed. */
  readonly ttlMs: number;
  /** How long a CDN may send older bytes while it asks again. */
  readonly staleWhileRevalidateSeconds: number;
  /** How long a CDN may send older bytes while we are away. */
  readonly staleIfErrorSeconds: number;
  /** Keeps cold reads from taking every connection of the pool. */
  readonly builds: Gate;
  readonly metrics: ReadMetrics;
};

/** Cold reads of one kind that may wait for their turn, and how long. */
const buildsWaitingMax = 2000;
const buildWaitMs = 2000;

export function readKind(options: {
  name: string;
  ttlMs: number;
  staleWhileRevalidateSeconds: number;
  staleIfErrorSeconds: number;
  /** Builds of this kind at once in this process. */
  buildsMax: number;
}): ReadKind {
  return {
    ...options,
    builds: createGate(options.buildsMax, { waitingMax: buildsWaitingMax, waitMs: buildWaitMs }),
    metrics: readMetrics(options.name),
  };
}

/** Where an answer lives: known only once its address was resolved. */
export type ReadPlace = {
  /** What a change names, for example `evt:evt_7K3M9XQ2`. In Redis it is the hash tag of all keys under it. */
  readonly tag: string;
  /** The rest of the key in Redis. */
  readonly name: string;
  /** For CDNs: what they purge by. */
  readonly surrogateKeys: string;
};

type Rendered = {
  readonly body: unknown;
  /** When something in the body turns by itself (a sale that opens): bytes are not current beyond it. */
  readonly currentForMs?: number;
};

/** One public read: its key, and how its answer is found. */
export type Read = {
  /** The normalised address: equal for all requests that get equal bytes. */
  readonly key: string;
  readonly kind: ReadKind;
  /** Changes that may bring a missing answer into being. */
  readonly missingTags: readonly string[];
  readonly missing: () => DomainError;
  /** Undefined when there is no such thing. */
  readonly locate: () => Promise<ReadPlace | undefined>;
  /** `changedLately`: a replica may not have the change yet. Undefined when there is no such thing. */
  readonly render: (place: ReadPlace, options: { changedLately: boolean }) => Promise<Rendered | undefined>;
};
