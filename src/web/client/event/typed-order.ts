import type { PageStorage } from '../shared/page-storage.ts';

/** The fields of the order form, by their names. */
export type TypedFields = Readonly<Record<string, string>>;

/**
 * What a buyer had typed into the order form when the turn ended. The tab's session storage keeps it for the next turn of the same email
 * address. It can be read once. Another person in the same tab has another address, and does not see it.
 */
export type TypedOrder = {
  keep(address: string, fields: TypedFields): void;
  /** Returns the fields kept for this address. Deletes what is kept, for whatever address it was. */
  take(address: string): TypedFields | undefined;
};

export function typedOrder(slug: string, storage: PageStorage): TypedOrder {
  const name = `antre.typed.${slug}`;
  return {
    keep: (address, fields) => storage.setItem(name, JSON.stringify({ address, fields })),
    take: (address) => {
      try {
        const kept: unknown = JSON.parse(storage.getItem(name) ?? 'null');
        storage.removeItem(name);
        return isKept(kept) && kept.address === address ? kept.fields : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function isKept(value: unknown): value is { readonly address: string; readonly fields: TypedFields } {
  if (typeof value !== 'object' || value === null || !('address' in value) || !('fields' in value)) return false;
  const { fields } = value;
  return (
    typeof fields === 'object' && fields !== null && Object.values(fields).every((field) => typeof field === 'string')
  );
}
