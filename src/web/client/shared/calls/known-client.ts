import { localStorageIfAny } from '../dom.ts';

/**
 * A token that shows that this browser has used an address before. It opens nothing and names nobody. Without it,
 * strangers who know the address could make its owner wait.
 */
export type ClientOf = 'staff' | 'buyer';

const nameOf = (whose: ClientOf) => `antre.client.${whose}`;

export function keepKnownClient(whose: ClientOf, token: string): void {
  try {
    localStorageIfAny()?.setItem(nameOf(whose), token);
  } catch {
    // Storage is full or blocked: this browser stays unknown.
  }
}

/** Sent with a request about an address. */
export function knownClient(whose: ClientOf): { readonly knownClientToken?: string } {
  const knownClientToken = localStorageIfAny()?.getItem(nameOf(whose)) ?? undefined;
  return knownClientToken === undefined ? {} : { knownClientToken };
}
