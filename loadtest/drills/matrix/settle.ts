import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { ordersUnpaid } from '../../../src/orders/jobs.ts';
import { checkAttemptJob } from '../../../src/payments/jobs.ts';
import { arrayText } from '../../../src/platform/database/array-text.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { invariants } from '../../../src/invariants.ts';
import { compareWithSandbox } from '../../../testkit/payments/compare-with-sandbox.ts';
import type { Columns } from './columns.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import { type MatrixWorld, autoPay, buyersPayWithinMs } from './open-matrix-world.ts';

const settleWithinMs = 120_000;
const replaysMax = 50;
const answerDeadlineMs = 30_000;

/**
 * Waits until the worker has no due work left.
 * @returns the remaining work, in words
 */
async function untilSettled(world: MatrixWorld): Promise<string[]> {
  const deadline = performance.now() + settleWithinMs;
  for (;;) {
    const [left] = await rowsOf<{ jobs: number; mails: number; callbacks: number }>(
      world.owner.db,
      sql`select (select count(*)::int from outbox where name not in (${checkAttemptJob.name}, ${ordersUnpaid.name})) as jobs,
                 (select count(*)::int from orders o where o.event_id = ${world.sale.id} and o.status = 'paid' and not exists (
                    select 1 from deliveries d where d.subject_id = o.id and d.template = 'tickets' and d.accepted_at is not null)) as mails,
                 (select count(*)::int from callbacks where applied_at is null) as callbacks`,
    );
    if (left !== undefined && left.jobs + left.mails + left.callbacks === 0) return [];
    if (performance.now() > deadline) return [`not settled after ${settleWithinMs / 1000} s: ${JSON.stringify(left)}`];
    await pause(500);
  }
}

/**
 * Waits until the work that a part has left behind is done, so that the next part is measured alone: payments that were
 * made late are paid together, and their orders take the stock that new ones wait for.
 */
export async function untilCalm(world: MatrixWorld): Promise<void> {
  const deadline = performance.now() + settleWithinMs;
  let isCalm = await hasNoOldWork(world);
  if (isCalm) return;
  while (!isCalm && performance.now() < deadline) {
    await pause(500);
    isCalm = await hasNoOldWork(world);
  }
  await pause(buyersPayWithinMs);
}

/** Under the load alone, no job waits for this long. */
const oldWorkSeconds = 3;

async function hasNoOldWork({ owner }: MatrixWorld): Promise<boolean> {
  const rows = await rowsOf(
    owner.db,
    sql`select from outbox where name not in (${checkAttemptJob.name}, ${ordersUnpaid.name})
          and created_at < now() - make_interval(secs => ${oldWorkSeconds}) limit 1`,
  );
  return rows.length === 0;
}

/** Checks that everything acknowledged exists, everything else can be requested again, and all books agree. */
export async function faultsAfter(world: MatrixWorld, columns: Columns): Promise<string[]> {
  // No buyer pays while the books are compared.
  await controlSandbox(world.sandbox.url, 'scenarios', { autoPay: { ...autoPay, probability: 0 } });
  await pause(buyersPayWithinMs);
  const faults = [...(await untilSettled(world))];
  const { db } = world.owner;
  const missing = await rowsOf<{ id: string }>(
    db,
    sql`select id from unnest(${arrayText(columns.acknowledged.map(({ id }) => id))}::text[]) as said(id)
        where not exists (select 1 from orders o where o.event_id = ${world.sale.id} and o.id = said.id)`,
  );
  faults.push(...missing.slice(0, 3).map(({ id }) => `order ${id} was acknowledged and is not there`));
  const unstored = await rowsOf<{ id: string }>(
    db,
    sql`select id from unnest(${arrayText(columns.stored)}::text[]) as said(id)
        where not exists (select 1 from callbacks c where c.attempt_id = said.id)`,
  );
  faults.push(...unstored.slice(0, 3).map(({ id }) => `a callback of ${id} was acknowledged and is not there`));
  for (const init of columns.unknown.slice(0, replaysMax)) {
    const answers = await Promise.all([1, 2].map(() => askAgain(world, init)));
    const [first] = answers;
    if (answers.some(({ status, id }) => status !== 201 || id !== first?.id))
      faults.push(`a key asked again: ${JSON.stringify(answers)}`);
  }
  faults.push(...(await untilSettled(world)));
  for (const invariant of invariants)
    for (const violation of (await invariant.find(db)).slice(0, 3)) faults.push(`${invariant.name}: ${violation}`);
  for (const violation of (await compareWithSandbox(db, world.sandbox.url)).slice(0, 3))
    faults.push(`the journal of the sandbox: ${violation}`);
  return faults;
}

async function askAgain(world: MatrixWorld, init: RequestInit): Promise<{ status: number; id: string | undefined }> {
  const answer = await fetch(`${world.url}/v1/orders`, { ...init, signal: AbortSignal.timeout(answerDeadlineMs) });
  const { id } = (await answer.json()) as { id?: string };
  return { status: answer.status, id };
}
