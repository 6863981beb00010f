import { z } from 'zod';
import type { MoneyWitness, WitnessMoney } from './compare-with-witness.ts';

const record = z.looseObject({
  orderId: z.string(),
  amount: z.number(),
  currency: z.string(),
  kind: z.string(),
});
const pageSize = 10_000;
const pagesMax = 10_000;
const deadlineMs = 30_000;

/** Reads all that an outside witness has written down about money, page by page (NDJSON, `Next-Cursor`). */
export async function readWitness(url: string): Promise<MoneyWitness> {
  return { captures: await readAll(`${url}/witness/captures`), refunds: await readAll(`${url}/witness/refunds`) };
}

async function readAll(url: string): Promise<WitnessMoney[]> {
  const records: WitnessMoney[] = [];
  let cursor: string | null = '0';
  for (let page = 0; cursor !== null && page < pagesMax; page += 1) {
    const response: Response = await fetch(`${url}?since=${encodeURIComponent(cursor)}&limit=${pageSize}`, {
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (!response.ok) throw new Error(`the witness answered ${response.status}`);
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    records.push(...lines.map((line) => record.parse(JSON.parse(line))));
    cursor = response.headers.get('next-cursor');
  }
  return records;
}
