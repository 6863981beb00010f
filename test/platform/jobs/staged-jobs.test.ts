import { readdirSync, readFileSync } from 'node:fs';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAttemptJob } from '../../../src/payments/jobs.ts';
import { type OpenDb, rowsOf } from '../../../src/platform/database/db.ts';
import { idsWithJob, stagedJobs } from '../../../src/platform/jobs/staged-jobs.ts';
import { openWorkDb } from '../../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';

/** Guards that recurring jobs, which ask what is staged, do not read a whole backlog of other jobs each time. */

const backlog = 50_000;
const own = 20;
const pagesMax = 60;
let database: TestDatabase;
let open: OpenDb;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openWorkDb(database.url);
  const stage = (name: string, relays: number, count: number) =>
    open.db.execute(sql`
      insert into outbox (name, relays, payload)
      select ${name}, ${relays}::int, jsonb_build_object('attemptId', 'pay_0000000' || n) from generate_series(1, ${count}::int) n`);
  await stage('delivery.send_announcement', 0, backlog);
  for (const relays of [0, 1]) await stage(checkAttemptJob.name, relays, own);
});
afterAll(async () => {
  await open?.close();
  await database?.close();
});

type Plan = {
  'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number; 'Actual Rows': number } }];
};

async function read(query: SQL): Promise<{ pages: number; rows: number }> {
  const [row] = await rowsOf<Plan>(open.db, sql`explain (analyze, buffers, format json) ${query}`);
  const plan = row?.['QUERY PLAN'][0].Plan;
  return {
    pages: (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0),
    rows: plan?.['Actual Rows'] ?? 0,
  };
}

test('jobs of one kind are found beside a backlog of another, those that the queue has and those that it has not', async () => {
  const staged = await read(sql`select * from ${stagedJobs([checkAttemptJob])} staged`);
  expect(staged.rows).toBe(2 * own);
  expect(staged.pages).toBeLessThan(pagesMax);
  const without = await read(sql`select 1 where 'another' not in ${idsWithJob([checkAttemptJob], 'attemptId')}`);
  expect(without.rows).toBe(1);
  expect(without.pages).toBeLessThan(pagesMax);
  const byName = await read(sql`select * from outbox where name = ${checkAttemptJob.name}`);
  expect(byName.rows).toBe(2 * own);
  expect(byName.pages, 'the control must read the backlog').toBeGreaterThan(5 * pagesMax);
});

test('no statement of a room searches the outbox by the name of a job alone', () => {
  const sources = ['src', 'workers', 'drizzle/functions'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|sql)$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
  const searches = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:from|join) outbox\b[^`]*/g)].map(([text]) => ({
      file,
      text,
    })),
  );
  expect(searches.length).toBeGreaterThan(5);
  const byName = searches.filter(({ text }) => /\bname (?:=|in)/.test(text) && !/\brelays\b/.test(text));
  // Both are rare: jobs that no build knows, and a count of whole tables.
  expect(byName.map(({ file }) => file).sort()).toEqual([
    'src/payments/invariants.ts',
    'src/platform/jobs/dead-letters.ts',
  ]);
});
