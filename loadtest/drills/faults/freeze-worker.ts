import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { SaleDrill, Scene } from '../sale/sale-drill.ts';
import { selling } from '../sale/selling.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import type { Mutant } from '../world/mutants.ts';
import { type Stopped, stop } from './processes.ts';

/**
 * Each mail takes this long, so that a worker always has some in its hands. WhatsApp messages do not count: their
 * statuses reach the API even while their sender stands still, and end the claim within seconds.
 */
const mailTakesMs = 1000;
/** A worker that runs has finished the messages that it had by then. */
const finishedWithinMs = 4000;
/** Longer than a job's lock and the search for stalled jobs, so that another worker takes the jobs over meanwhile. */
const stillForMs = 45_000;
const sendingWithinMs = 2000;

export const withoutTakeOver: Mutant = {
  without: 'a message whose sender died is taken over by another worker',
  edits: [
    {
      file: 'drizzle/functions/notifications/claim_deliveries.sql',
      text: "or (d.status = 'sending' and d.sending_at <= now() - make_interval(secs => p_sending_max_seconds))",
      instead: '',
    },
  ],
};

/** Waits for a moment in which a worker has claimed messages, so that a fault hits some. */
export async function untilSending({ world, sale, wait }: Scene): Promise<void> {
  const giveUpAt = performance.now() + sendingWithinMs;
  do {
    const [row] = await rowsOf<{ sending: boolean }>(
      world.owner.db,
      sql`select exists (select 1 from deliveries where event_id = ${sale.id} and status = 'sending') as sending`,
    );
    if (row?.sending === true) return;
  } while ((await wait(2)) && performance.now() < giveUpAt);
}

/** Messages that a worker claimed before that moment and still has. */
async function claimedBefore({ world, sale }: Scene, atMs: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    world.owner.db,
    sql`select count(*)::int as count from deliveries
        where event_id = ${sale.id} and status = 'sending' and sending_at <= to_timestamp(${atMs / 1000})`,
  );
  return row?.count ?? 0;
}

type StoppedAtWork = { readonly stopped: Stopped; readonly atMs: number; readonly held: number };

/**
 * Stops a worker that has messages in its hands. Either worker may do most of the sending, and nothing tells which, so
 * they are stopped in turns while buyers come, until one holds messages that a running worker would have finished.
 */
async function stopOneAtWork(scene: Scene): Promise<StoppedAtWork | undefined> {
  do {
    for (const worker of scene.world.workers) {
      await untilSending(scene);
      const atMs = Date.now();
      const stopped = stop(worker);
      await pause(finishedWithinMs);
      const held = await claimedBefore(scene, atMs);
      if (held > 0) return { stopped, atMs, held };
      stopped.goOn();
    }
  } while (await scene.wait(0));
  return undefined;
}

const inHands = 'messages that the stopped worker had in its hands';
const stood = 'worker stood still';

async function freezeOneAtWork(scene: Scene): Promise<void> {
  const { strikes, wait, seconds, random } = scene;
  for (const what of [inHands, stood]) strikes.expect(what);
  await wait(seconds * 1000 * (0.2 + random() / 5));
  const found = await stopOneAtWork(scene);
  if (found === undefined) return;
  const { stopped, atMs, held } = found;
  strikes.count(inHands, held);
  await pause(stillForMs - finishedWithinMs);
  const left = await claimedBefore(scene, atMs);
  if (left > 0) strikes.blame(`${left} messages waited for the stopped worker for ${stillForMs / 1000} s`);
  const isStopped = stopped.isStopped();
  stopped.goOn();
  if (isStopped) strikes.note(stood, atMs);
}

/** While one of two workers stands still, the other must take over the messages that it has claimed. */
export const workerFrozen = {
  does: `${selling.does} The mail server takes ${mailTakesMs / 1000} s for each mail.`,
  fault: `worker: SIGSTOP of all processes of one for ${stillForMs / 1000} s, while a second one runs`,
  proof: 'The processes are in the state "stopped", and had messages in their hands.',
  holds: `${selling.holds} The second worker takes over the messages of the first one while that stands still.`,
  world: { workers: 2 },
  beside: async ({ world }) => {
    await controlSandbox(world.sandbox.url, 'smtp/rules', { match: {}, stage: 'data', delayMs: mailTakesMs });
    return { faults: [], facts: {} };
  },
  strike: freezeOneAtWork,
  mutant: withoutTakeOver,
} satisfies Partial<SaleDrill>;
