import postgres from 'postgres';
import { openDb } from '../../../src/platform/database/db.ts';
import { openForgery } from '../../../testkit/check-in/forged-codes.ts';
import { judgeCodes } from '../../../testkit/check-in/judge-codes.ts';

/** A process of the drill `door-codes`: forges codes and has them judged. `argv[2]` is its `Task`; it sends `Report` messages. */
export type Task = {
  readonly url: string;
  readonly directUrl: string;
  readonly seed: number;
  readonly codes: number;
  /** Judges the genuine codes repeatedly instead. */
  readonly isGenuine: boolean;
};
export type Report = readonly (readonly [kind: string, counts: Record<string, number>])[];

/** Codes between two reports. */
const reportEvery = 10_000;

const { url, directUrl, seed, codes, isGenuine } = JSON.parse(process.argv[2] ?? '') as Task;
const sql = postgres(directUrl, { max: 1, onnotice: () => {} });
const open = openDb({
  url,
  name: 'door',
  poolSize: 4,
  acquireTimeoutMs: 10_000,
  callTimeoutMs: 10_000,
  prepare: false,
});
const forgery = await openForgery(sql, seed);
for (let done = 0; done < codes; done += reportEvery) {
  const some = Array.from({ length: Math.min(reportEvery, codes - done) }, (_, index) =>
    isGenuine ? { kind: 'genuine', text: forgery.genuine[index % forgery.genuine.length] ?? '' } : forgery.next(),
  );
  process.send?.([...(await judgeCodes(forgery, some, open.db))]);
}
await open.close();
await sql.end();
process.disconnect();
