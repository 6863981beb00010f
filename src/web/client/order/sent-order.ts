import type { PageStorage } from '../shared/page-storage.ts';
import { randomKey } from '../shared/random-key.ts';

/**
 * The key of the order that is being filled in, and the order as it was sent while its outcome is not known. Both live in
 * the tab's own storage: a reload, a crash or a lost connection must not make a second order out of one.
 *
 *   (no key) --keyOf--> filling in --remember--> sent, outcome unknown --settle('placed')--> (no key)
 *                           ^                        |
 *                           '---- settle('refused') -'      (a refusal stores nothing: the same key may be sent again)
 */

/** The number that the page has shown, or the typed one if the service could not read it. */
export type GivenPhone = { readonly phone: string; readonly phoneCountry?: string };

export type OrderBody = {
  readonly eventSlug: string;
  readonly buyer: { readonly name: string; readonly email: string } & GivenPhone;
  readonly lines: readonly { readonly ticketCategoryId: string; readonly quantity: number }[];
  readonly promoCode?: string;
  /** The total that the page has shown. Orders sent by an older page lack it. */
  readonly expectedTotal?: { readonly amount: number; readonly currency: string };
  readonly locale: 'id' | 'en';
};

export type SentOrders = {
  keyOf(): string;
  /** The order with an unknown outcome, if there is one. */
  unsettled(): OrderBody | undefined;
  remember(body: OrderBody): void;
  settle(outcome: 'placed' | 'refused'): void;
};

type Kept = { readonly key: string; readonly body?: OrderBody };

export function sentOrders(slug: string, storage: PageStorage): SentOrders {
  const name = `antre.order.${slug}`;
  let kept: Kept | undefined = read();

  function read(): Kept | undefined {
    try {
      const value: unknown = JSON.parse(storage.getItem(name) ?? 'null');
      return isKept(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
  function write(next: Kept | undefined): void {
    kept = next;
    if (next === undefined) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify(next));
  }
  const current = (): Kept => {
    if (kept === undefined) write({ key: randomKey() });
    return kept ?? { key: randomKey() };
  };
  return {
    keyOf: () => current().key,
    unsettled: () => kept?.body,
    remember: (body) => write({ key: current().key, body }),
    settle: (outcome) => write(outcome === 'placed' ? undefined : { key: current().key }),
  };
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string' && value.key !== ''
  );
}
