import { localStorageIfAny } from './dom.ts';

/**
 * What shows that this browser has been used with an address before. It opens nothing, and names nobody; without it a stranger
 * who knows the address can make its owner wait.
 */
export type ClientOf = 'staff' | 'buyer';

const nameOf = (whose: ClientOf) => `antre.client.${whose}`;

export function keepKnownClient(whose: ClientOf, token: string): void {
  try {
    localStorageIfAny()?.setItem(nameOf(whose), token);
  } catch {
    // Storage is full or forbidden: this browser stays a stranger.
  }
}

/** To be sent along with a request about an address. */
export function knownClient(whose: ClientOf): { readonly knownClientToken?: string } {
  const knownClientToken = localStorageIfAny()?.getItem(nameOf(whose)) ?? undefined;
  return knownClientToken === undefined ? {} : { knownClientToken };
}
