import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { dataFolder } from '../../../deploy/local/places.ts';
import { bundleProgram } from '../../../deploy/local/stack/bundle.ts';
import { say } from '../../bench/harness/stack.ts';
import type { Drill } from '../drill.ts';
import { withoutGuards } from '../world/mutants.ts';
import { inDoorDatabase } from './door-services.ts';
import type { Report, Task } from './judge-codes-helper.ts';
import { type RoundsOf, type Seen, faultsShownMax, roundsDrill } from './rounds-drill.ts';

const rounds = 1_000_000;
const progressEvery = 100_000;

/** Forged ticket codes, judged as the service and as phones without a network judge them. */
export const codesDrill: Drill = roundsDrill({
  does: 'Ticket codes of a signed event are judged by what the service uses and by what phones use. Some are also judged by the library of phones without Ed25519 of their own, or scanned.',
  fault: `door: ${rounds.toLocaleString('en')} forged codes: bits, letters and fields changed, cut off, signed with other keys or for another purpose, signatures written another way`,
  proof: 'Codes of each kind that were judged.',
  holds: 'No forged code is accepted. The control judges genuine codes; each is accepted by all.',
  mutant: {
    without: 'the signature of a code is checked, by the service and by phones',
    edits: [
      {
        file: 'src/orders/tickets/codes/ticket-keys.ts',
        text: 'return key !== undefined && verifyAside(null, signed.message, key, signed.signature);',
        instead: 'return key !== undefined;',
      },
      {
        file: 'src/web/client/door/offline/judge-offline.ts',
        text: ' || !(await verify(read.signed, key.publicKey))',
        instead: '',
      },
    ],
  },
  rounds,
  runRounds: judgeForged,
});

type Counts = Map<string, Record<string, number>>;

function judgeForged({ variant, seed, rounds: codes, mutant }: RoundsOf): Promise<Seen> {
  const isGenuine = variant === 'control';
  return inDoorDatabase(undefined, async ({ url, directUrl }) => {
    const folder = join(dataFolder, `build/drill-door-${process.pid}`);
    const file = join(folder, `judge-codes-${variant}.mjs`);
    await bundleProgram({
      entry: 'loadtest/drills/door/judge-codes-helper.ts',
      file,
      plugins: [withoutGuards(mutant)],
    });
    await stop();
    const processes = availableParallelism();
    const counts: Counts = new Map();
    const started = performance.now();
    await Promise.all(
      Array.from({ length: processes }, (_, number) => {
        const own = Math.floor(codes / processes) + (number < codes % processes ? 1 : 0);
        return judgeApart(file, { url, directUrl, seed: seed * 1000 + number, codes: own, isGenuine }, counts, codes);
      }),
    );
    rmSync(folder, { recursive: true, force: true });
    const seconds = (performance.now() - started) / 1000;
    return seenOf(counts, { codes, isGenuine, seconds, processes });
  });
}

/** @param counts is added to */
async function judgeApart(file: string, task: Task, counts: Counts, all: number): Promise<void> {
  const child = fork(file, [JSON.stringify(task)]);
  child.on('message', (report) => {
    const before = total(counts, 'tried');
    for (const [kind, more] of report as Report) {
      const sum = counts.get(kind) ?? {};
      for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
      counts.set(kind, sum);
    }
    const after = total(counts, 'tried');
    if (Math.floor(after / progressEvery) > Math.floor(before / progressEvery))
      say(`${after} of ${all} codes, accepted ${total(counts, 'online') + total(counts, 'offline')}`);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`a process that judges codes ended with ${code}`);
}

const total = (counts: Counts, name: string) => [...counts.values()].reduce((sum, some) => sum + (some[name] ?? 0), 0);

/** The ways to judge a code: the count of those let in, the count of those tried, and the words for it. */
const ways = [
  ['online', 'tried', 'codes accepted by the service'],
  ['offline', 'tried', 'codes accepted by a phone'],
  ['older', 'triedOlder', 'codes accepted by a phone whose browser has no Ed25519'],
  ['admitted', 'scans', 'scans admitted'],
] as const;

function seenOf(
  counts: Counts,
  { codes, isGenuine, seconds, processes }: { codes: number; isGenuine: boolean; seconds: number; processes: number },
): Seen {
  const tried = total(counts, 'tried');
  const rows = ways.map(([way, of, what]) => {
    const found = total(counts, way);
    const expected = isGenuine ? total(counts, of) : 0;
    return {
      what,
      expected,
      found,
      missing: expected - Math.min(expected, found),
      twice: found - Math.min(expected, found),
      allowed: 0,
    };
  });
  const accepted = [...counts].filter(([, some]) => ways.some(([way]) => (some[way] ?? 0) > 0));
  return {
    proofs: isGenuine ? [] : [...counts].map(([what, { tried: times = 0 }]) => ({ what, times })),
    rows,
    faults: [
      ...(tried === codes ? [] : [`${tried} of ${codes} codes were judged`]),
      ...rows
        .filter(({ expected, found }) => expected !== found)
        .map(({ what, expected, found }) => `${what}: ${found} instead of ${expected}`),
      ...(isGenuine ? [] : accepted.slice(0, faultsShownMax).map(([kind, some]) => `${kind}: ${JSON.stringify(some)}`)),
    ],
    facts: {
      'codes judged': tried,
      'judged without Ed25519 of the browser': total(counts, 'triedOlder'),
      'scanned as well': total(counts, 'scans'),
      processes,
      'codes a second': Math.round(tried / seconds),
    },
  };
}
