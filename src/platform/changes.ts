import { channel } from 'node:diagnostics_channel';

/** An order whose status or payment may have changed. */
export type ChangedOrder = {
  readonly id: string;
  /** Its new status, if the caller knows it. */
  readonly status?: string;
  /** The new status of its payment, if the caller knows it. */
  readonly payment?: string;
  /** Links to the order that were sent before no longer open it. */
  readonly hasNewLink?: boolean;
};

/** What a commit has changed of one event. It names things by their ids and carries nothing about a person. */
export type Change = {
  readonly eventId: string;
  readonly orders?: readonly ChangedOrder[];
  /** Every order of the event may have changed. */
  readonly isOfAllOrders?: boolean;
  /** New orders, paid orders, scans at the door, and messages that a provider took. */
  readonly placed?: number;
  readonly paid?: number;
  readonly scans?: number;
  readonly messages?: number;
};

const changes = channel('antre:changes');

/**
 * Tells this process about a commit. Call it after the commit, ideally once per batch. Without a listener it costs one
 * comparison. It never throws. Nothing may depend on it, because listeners may miss changes.
 */
export function tellChange(change: Change): void {
  if (changes.hasSubscribers) changes.publish(change);
}

/**
 * Calls `hear` for each change, in the same turn of the event loop as the commit's answer.
 * @returns the function that stops it
 */
export function hearChanges(hear: (change: Change) => void): () => void {
  const listener = (message: unknown): void => hear(message as Change);
  changes.subscribe(listener);
  return () => {
    changes.unsubscribe(listener);
  };
}
