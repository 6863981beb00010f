import type { PageStorage } from '../shared/page-storage.ts';

/**
 * What this browser holds of an event's waiting room. It survives reloads and restarts: on a phone, going to the mail to
 * read the code is often enough to lose the page.
 *
 *   nothing --a code is asked for--> asked --it is confirmed--> buyer --joinPlace--> place --its turn--> pass --order--> spent
 *                                                                ^                      |
 *                                                                +--leavePlace: lapsed--+
 */

/** A phone that was typed without its country code, with the selected country. */
export type Address = { readonly kind: 'email' | 'phone'; readonly text: string; readonly phoneCountry?: string };

export type Held = {
  /** A code was requested for this address. */
  readonly asked?: { readonly verificationId: string; readonly address: Address; readonly expiresAt: string };
  /** The address is confirmed. There is no place yet. */
  readonly buyer?: { readonly token: string; readonly address: Address; readonly expiresAt: string };
  readonly place?: {
    readonly token: string;
    readonly index: number;
    readonly accountKey: string;
    readonly salt: string;
    readonly address: Address;
    /** The confirmed address, needed to rejoin if this place's turn passes. */
    readonly confirmed?: { readonly token: string; readonly expiresAt: string };
  };
  /** Index of the place that is given up for a new one at the end. */
  readonly insteadOf?: number;
  readonly pass?: { readonly text: string; readonly expiresAt: string };
  /** The order that was placed with the pass; empty if its id is unknown. */
  readonly spentBy?: string;
  /** That order has ended, and was not paid. */
  readonly isUnpaid?: boolean;
  /** The turn is over. */
  readonly isLapsed?: boolean;
  /** The published values when this browser looked. The verification compares with them. */
  readonly seen?: readonly Seen[];
};

/** The commitments of one draw, and when this browser first saw them. Times are in milliseconds. */
export type Seen = {
  readonly number: number;
  readonly seedHash: string;
  readonly beaconRound: number;
  readonly seenAt: number;
  readonly merkleRoot?: string;
  readonly rootSeenAt?: number;
};

export type HeldPlace = { read(): Held; write(held: Held): void };

export function heldPlace(slug: string, storage: PageStorage): HeldPlace {
  const name = `antre.place.${slug}`;
  return {
    read: () => {
      try {
        const value: unknown = JSON.parse(storage.getItem(name) ?? 'null');
        return isHeld(value) ? value : {};
      } catch {
        return {};
      }
    },
    write: (held) => {
      if (Object.keys(held).length === 0) storage.removeItem(name);
      else storage.setItem(name, JSON.stringify(held));
    },
  };
}

/** The pass, while it is valid. */
export function goodPass({ pass }: Held, nowMs: number): Held['pass'] {
  return pass !== undefined && Date.parse(pass.expiresAt) > nowMs ? pass : undefined;
}

/** A confirmation that has expired counts as none: the address is asked for again. */
export function withoutExpired(held: Held, nowMs: number): Held {
  const { buyer, ...rest } = held;
  return buyer !== undefined && Date.parse(buyer.expiresAt) <= nowMs ? rest : held;
}

/**
 * Gives up the place, whose turn has passed or whose order ended unpaid, for one at the end. An old confirmation must be
 * repeated.
 */
export function leavePlace({ place, seen }: Held, nowMs: number): Held {
  if (place === undefined) return seen === undefined ? {} : { seen };
  const { confirmed, address, index } = place;
  const isGood = confirmed !== undefined && Date.parse(confirmed.expiresAt) > nowMs;
  return {
    insteadOf: index,
    ...(seen === undefined ? {} : { seen }),
    ...(isGood ? { buyer: { ...confirmed, address } } : {}),
  };
}

/** The place has placed its order: its pass is of no more use. */
export function spend(held: Held, orderId: string): Held {
  const { pass: _pass, ...rest } = held;
  return { ...rest, spentBy: orderId };
}

function isHeld(value: unknown): value is Held {
  // Written by this file. Another release may have written another shape, which is ignored.
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const hasText = (part: unknown, field: string) =>
    part === undefined || (typeof part === 'object' && part !== null && typeof Reflect.get(part, field) === 'string');
  const { asked, buyer, place, pass } = value as Record<string, unknown>;
  return (
    hasText(asked, 'verificationId') && hasText(buyer, 'token') && hasText(place, 'token') && hasText(pass, 'text')
  );
}
