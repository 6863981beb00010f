/** Core API answers by Idempotency-Key: kept five minutes, successes only, whatever the body and endpoint. */
export type IdempotencyKeys = Readonly<{
  /** `running` while the first request is in progress, the stored body after its success, else undefined. */
  lookUp: (merchantId: string, key: string | undefined) => 'running' | Record<string, unknown> | undefined;
  start: (merchantId: string, key: string | undefined) => void;
  finish: (merchantId: string, key: string | undefined, body: Record<string, unknown> | undefined) => void;
}>;

const keyCharactersMax = 46;
const keptMs = 300_000;
const entriesMax = 50_000;

export function createIdempotencyKeys(now: () => number): IdempotencyKeys {
  const entries = new Map<string, { at: number; body: Record<string, unknown> | undefined }>();
  const entryKey = (merchantId: string, key: string | undefined): string | undefined =>
    key === undefined || key === '' || key.length > keyCharactersMax ? undefined : `${merchantId} ${key}`;

  return {
    lookUp: (merchantId, key) => {
      const name = entryKey(merchantId, key);
      const entry = name === undefined ? undefined : entries.get(name);
      if (name === undefined || entry === undefined) return undefined;
      if (now() - entry.at <= keptMs) return entry.body ?? 'running';
      entries.delete(name);
      return undefined;
    },
    start: (merchantId, key) => {
      const name = entryKey(merchantId, key);
      if (name === undefined) return;
      entries.set(name, { at: now(), body: undefined });
      const oldest = entries.keys().next();
      if (entries.size > entriesMax && oldest.done !== true) entries.delete(oldest.value);
    },
    finish: (merchantId, key, body) => {
      const name = entryKey(merchantId, key);
      if (name === undefined) return;
      if (body === undefined) entries.delete(name);
      else entries.set(name, { at: now(), body });
    },
  };
}
