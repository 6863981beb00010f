import { pageStorage } from '../page-storage.ts';

/**
 * A token that shows that this browser has used an address before. It opens nothing and names nobody. Without it,
 * strangers who know the address could make its owner wait.
 */
export type ClientOf = 'staff' | 'buyer';

const nameOf = (whose: ClientOf) => `antre.client.${whose}`;
const storage = pageStorage('localStorage');

export function keepKnownClient(whose: ClientOf, token: string): void {
  storage.setItem(nameOf(whose), token);
}

/** Sent with a request about an address. */
export function knownClient(whose: ClientOf): { readonly knownClientToken?: string } {
  const knownClientToken = storage.getItem(nameOf(whose)) ?? undefined;
  return knownClientToken === undefined ? {} : { knownClientToken };
}
