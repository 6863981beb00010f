import type { Drill } from '../drill.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import type { Mutant } from '../world/mutants.ts';
import { autoPay, selling, shortSale } from '../sale/selling.ts';

const slowForMs = 30_000;
/** Within the deadline of a call, so that each answer still counts. */
const slowByMs = 2000;
const busyForMs = 15_000;
const deadForMs = 20_000;
const countEveryMs = 500;
/** The gateway is asked about a payment without a callback after 120 s, and again 30 s after a lost answer. */
const stallMaxSeconds = 300;

const withoutReconciler: Mutant = {
  without: 'the gateway is asked about payments of which nothing was heard',
  edits: [{ file: 'workers/handlers.ts', text: "'payments.reconcile': 10,", instead: '' }],
};

const withoutPuttingOff: Mutant = {
  without: 'a call that finds no free slot beside slow ones is put off, as often as it must',
  edits: [
    {
      file: 'workers/running/run-job.ts',
      text: "if (error instanceof RetryLater) return isOld ? { kind: 'final', error } : { kind: 'later', seconds: error.seconds };",
      instead: "if (error instanceof RetryLater) return { kind: 'final', error };",
    },
  ],
};

const withoutMakingAgain: Mutant = {
  without: 'a payment whose call was not answered is made again',
  edits: [
    {
      file: 'src/payments/attempts/make-attempt.ts',
      text: 'return putOff(deps, attempt.id, pauseAfter(attempt), result.reason);',
      instead: 'return failAttempt(deps.db, attempt.id, result.reason);',
    },
  ],
};

const withoutReadBack: Mutant = {
  without: 'what a callback does not sign is read back from the gateway',
  edits: [
    {
      file: 'src/payments/callbacks/apply-callback.ts',
      text: "{ trust: 'callback', account }",
      instead: "{ trust: 'read_back', account }",
    },
  ],
};

type Script = Readonly<Record<string, unknown>>;

/** Loses one reply in a hundred after the act is done, and drops, repeats, delays and reorders callbacks. */
function weatherFor(orders: number): Script {
  // A small run loses more of them, because otherwise it would often lose none.
  const lostReply = { answer: 'reset_after', probability: Math.max(0.01, 10 / orders) };
  return {
    autoPay,
    snap: lostReply,
    status: lostReply,
    callback: { drop: 0.05, duplicates: 1, jitterMs: 1000, reorder: true },
  };
}

const works = { answer: 'hang', probability: 0 };
const calm: Script = { autoPay, snap: works, status: works, close: works, callback: {} };

const play = ({ world }: Scene, script: Script) => controlSandbox(world.sandbox.url, 'scenarios', script);

/** Counts the faults in the gateway's journal, by kind, until it is stopped. */
function countFaults(
  { world, strikes }: Scene,
  kinds: Readonly<Record<string, (line: Script) => boolean>>,
): () => void {
  let seen = 0;
  for (const what of Object.keys(kinds)) strikes.expect(what);
  const count = () => {
    for (const line of world.sandbox.journal.lines()) {
      if (line.seq <= seen) continue;
      seen = line.seq;
      for (const [what, is] of Object.entries(kinds)) if (is(line)) strikes.count(what, 1);
    }
  };
  // Lines from before the fault do not count.
  seen = world.sandbox.journal.lines().at(-1)?.seq ?? 0;
  const timer = setInterval(count, countEveryMs);
  return () => {
    clearInterval(timer);
    count();
  };
}

const struck = (answer: string | number) => (line: Script) =>
  line['kind'] === 'fault.struck' && line['answer'] === answer;

async function chaos(scene: Scene): Promise<void> {
  const weather = weatherFor(scene.orders);
  const stop = countFaults(scene, {
    'callbacks that were dropped': ({ kind }) => kind === 'callback.dropped',
    'replies that were lost': struck('reset_after'),
    'answers that came slowly': struck('slow'),
    'answers with 429': struck(429),
    'callbacks that were delivered, repeats among them': ({ kind, outcome }) =>
      kind === 'callback.sent' && outcome === 'done',
  });
  const third = (scene.seconds * 1000) / 3;
  await play(scene, weather);
  await scene.wait(third);
  await play(scene, { ...weather, snap: { delayMs: slowByMs }, status: { delayMs: slowByMs } });
  await scene.wait(Math.min(slowForMs, third));
  await play(scene, weather);
  await scene.wait(third / 2);
  await play(scene, { ...weather, snap: { answer: 429, probability: 0.5 }, status: { answer: 429, probability: 0.5 } });
  await scene.wait(Math.min(busyForMs, third));
  await play(scene, weather);
  while (await scene.wait(third));
  stop();
  await play(scene, calm);
}

/** Applies the script's behaviour for a while, starting after a third of the time. */
async function misbehave(
  scene: Scene,
  script: Script,
  milliseconds: number,
  kinds: Parameters<typeof countFaults>[1],
): Promise<void> {
  await scene.wait((scene.seconds * 1000) / 3);
  const stop = countFaults(scene, kinds);
  await play(scene, { ...calm, ...script });
  await scene.wait(milliseconds);
  stop();
  await play(scene, calm);
}

const forged = (line: Script) => line['kind'] === 'callback.sent' && line['forged'] !== undefined;

export const gatewayDrills: Readonly<Record<string, Drill>> = {
  chaos: saleDrill({
    ...selling,
    fault:
      'gateway: drops 5 % of the callbacks, loses 1 % of the replies, repeats and reorders, is slow for 30 s and answers 429 for 15 s',
    proof: 'The journal of the gateway counts each of these.',
    orders: 12_000,
    minutes: 5,
    stallMaxSeconds,
    strike: chaos,
    mutant: withoutReconciler,
  }),
  'gateway-slow': saleDrill({
    ...selling,
    ...shortSale,
    fault: `gateway: every answer takes ${slowByMs / 1000} s for ${deadForMs / 1000} s`,
    proof: 'The journal of the gateway counts the slow answers.',
    stallMaxSeconds,
    strike: (scene) =>
      misbehave(scene, { snap: { delayMs: slowByMs }, status: { delayMs: slowByMs } }, deadForMs, {
        'answers that came slowly': struck('slow'),
      }),
    mutant: withoutPuttingOff,
  }),
  'gateway-dead': saleDrill({
    ...selling,
    ...shortSale,
    fault: `gateway: cuts every connection without doing anything for ${deadForMs / 1000} s`,
    proof: 'The journal of the gateway counts the connections that it cut.',
    stallMaxSeconds,
    strike: (scene) =>
      misbehave(
        scene,
        { snap: { answer: 'reset' }, status: { answer: 'reset' }, close: { answer: 'reset' } },
        deadForMs,
        {
          'connections that were cut': struck('reset'),
        },
      ),
    mutant: withoutMakingAgain,
  }),
  'gateway-lies': saleDrill({
    ...selling,
    ...shortSale,
    fault: 'gateway: with every callback comes another one, signed correctly, that says the money went back',
    proof: 'The journal of the gateway counts the forged callbacks.',
    stallMaxSeconds,
    strike: (scene) =>
      misbehave(scene, { callback: { forge: 'changed_status' } }, scene.seconds * 500, {
        'callbacks that were forged': forged,
      }),
    mutant: withoutReadBack,
  }),
};
