import { cpus } from 'node:os';
import { closedLoop } from '../../generator/closed-loop.ts';
import { requestBytes } from '../../generator/connection.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { startBareServer } from '../controls/bare-control.ts';
import { auditFaults } from '../harness/audit.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { type ByPart, memoryMiB } from '../harness/processors.ts';
import { type BenchReport, type Measurement, measurementOf, saidCores } from '../harness/report.ts';
import { serverSettings } from '../harness/server-figures.ts';
import { say } from '../harness/stack.ts';
import { onConnection } from '../reads/reads.ts';
import { costOfClasses } from './cost-of-classes.ts';
import { chartSurge } from './surge-charts.ts';
import { type ClassName, mix, paidP99MsBelow } from './mix.ts';
import { achievedMin, climb, isHeld, ladder } from './ladder.ts';
import { type Stage, type Step, nextNetwork, runStep } from './step.ts';
import { surgeStage } from './surge-stage.ts';
import { type SurgeWorld, openSurgeWorld } from './surge-world.ts';

/** The requests of a million active users per second. */
const wantedPerSecond = 5000;
/** If a bare server gives less than twice the target, this share of its rate is the bar. */
const bareShareMin = 0.5;
const goodputPastKneeMin = 0.9;
/** A rate that was held for a step may be too high for minutes. Then the next lower one is tried, this many times. */
const holdsMax = 3;
const stepDown = 0.85;
const pastKnee = [1.25, 1.5, 2] as const;
/** Each from a network of its own, so that nginx limits none of them. */
const bareConnections = 256;
/** Code is compiled and pools are filled before anything is judged. */
const warmUpPerSecond = 500;

/**
 * The surge of a million active users through nginx, API, worker and all servers behind them: the highest rate of the
 * mix that is held for minutes, the behaviour beyond it, and the cost of a request of each class.
 */
export async function benchSurge(options: BenchOptions): Promise<BenchReport> {
  const world = await openSurgeWorld(options);
  try {
    const stage = surgeStage(world, options);
    const bare = await bareRate(world, options);
    say(`a bare server ${Math.round(bare.node)}/s, nginx from its cache ${Math.round(bare.nginx)}/s`);
    await runStep(stage, options, { offered: warmUpPerSecond });
    const cost = await costOfClasses(stage, options);
    const steps = await climb(stage, options);
    const knee = steps.findLast(isHeld)?.offered ?? ladder[0] ?? 0;
    const held = await hold(stage, options, Math.min(knee, wantedPerSecond));
    const memory = memoryMiB(stage.parts());
    const past: Step[] = [];
    for (const times of pastKnee) past.push(await runStep(stage, options, { offered: Math.round(knee * times) }));
    const best = Math.max(...[...steps, held].map(({ goodput }) => goodput));
    return {
      measurements: [
        barRow(held, bare.node),
        ...Object.keys(held.classes).map((name) => classRow(held, name as ClassName)),
        paidRow(held),
        ...[...steps, ...past].map((step) => stepRow(step, bare.node)),
      ],
      faults: [
        ...[...steps, held, ...past].flatMap(({ offered, faults }) => faults.map((fault) => `${offered}/s: ${fault}`)),
        ...(await auditFaults(world.stack)),
      ],
      facts: {
        pinned: world.stack.pinned,
        machine: `${cpus().length} cores; a bare node:http server on one of them ${Math.round(bare.node)}/s of the same bytes, nginx from its cache ${Math.round(bare.nginx)}/s`,
        held: `${held.offered}/s for ${held.seconds} s, ${isHeld(held) ? 'held' : 'NOT held'}; ${(held.offered / bare.node).toFixed(2)} of the bare server`,
        'goodput past the knee, of the best': saidPastKnee(past, best),
        'cores in use while held': saidCores(held.cores),
        'memory after the hold, MiB': saidParts(memory),
        cost,
        charts: chartSurge([...steps, ...past], held),
        settings: await serverSettings(world.stack),
      },
    };
  } finally {
    await world.close();
  }
}

/** For the seconds of the options; if that is too much, at a lower rate. */
async function hold(stage: Stage, options: BenchOptions, first: number): Promise<Step> {
  let offered = first;
  for (let tries = 1; ; tries += 1) {
    say(`holding ${offered}/s for ${options.holdSeconds} s`);
    const held = await runStep(stage, { ...options, seconds: options.holdSeconds }, { offered });
    if (isHeld(held) || tries === holdsMax) return held;
    offered = Math.round(offered * stepDown);
  }
}

/** The event's answer from a bare server and from nginx's cache, each alone. */
async function bareRate(world: SurgeWorld, { seconds }: BenchOptions): Promise<{ node: number; nginx: number }> {
  const request = requestBytes('GET', `/v1/events/${world.slugs[0]}`, { 'accept-encoding': 'br' });
  const answer = await onConnection(world.edge.port, async (probe) => {
    await probe.send(request);
    return probe.send(request);
  });
  const bare = await startBareServer(world.stack, answer);
  const rateAt = async (to: number) => {
    const load = {
      to,
      connections: bareConnections,
      warmupSeconds,
      seconds: Math.min(seconds, 5),
      nextAddress: nextNetwork,
    };
    const counts = ({ status }: { status: number }) => status === 200;
    return (await closedLoop({ ...load, next: () => request, counts })).perSecond;
  };
  const node = await rateAt(bare.port);
  await bare.stop();
  return { node, nginx: await rateAt(world.edge.port) };
}

function rowOf(name: string, step: Step, latencies = step.all, perSecond = step.goodput): Measurement {
  const statuses = {};
  const run = { seconds: step.seconds, counted: latencies.count, perSecond, statuses, latencies, cores: step.cores };
  const p95 = `p95 ${latencies.percentile(0.95)} ms`;
  return { ...measurementOf(name, [run]), note: p95 };
}

function stepRow(step: Step, bare: number): Measurement {
  const said = `${isHeld(step) ? 'held' : 'not held'}; refused ${(step.refusedShare * 100).toFixed(2)} %, paid after p99 ${Math.round(step.settled.p99Ms)} ms`;
  const row = rowOf(`${step.offered}/s offered, in time`, step);
  return { ...row, ratio: step.goodput / bare, note: `${row.note}; ${said}` };
}

function barRow(held: Step, bare: number): Measurement {
  const bar =
    bare >= 2 * wantedPerSecond ? { perSecondMin: wantedPerSecond * achievedMin } : { ratioMin: bareShareMin };
  const row = rowOf(`the mix, held for ${held.seconds} s`, held);
  return { ...row, ratio: held.goodput / bare, bar };
}

function classRow(held: Step, name: ClassName): Measurement {
  const { latencies, perSecond } = held.classes[name] ?? { latencies: createLatencies(), perSecond: 0 };
  return { ...rowOf(`  ${mix[name].said}`, held, latencies, perSecond), cores: {} };
}

function paidRow(held: Step): Measurement {
  const { paid, p50Ms, p99Ms } = held.settled;
  const row = rowOf('  placed to paid, with tickets', held, createLatencies(), paid / held.seconds);
  return { ...row, p50Ms, p99Ms, cores: {}, note: '', bar: { p99MsBelow: paidP99MsBelow } };
}

/** The offered rate bounds the answered one. */
function saidPastKnee(past: readonly Step[], best: number): string {
  const shares = past.map(({ offered, goodput }) => ({ offered, share: goodput / Math.min(best, offered) }));
  const isReached = shares.every(({ share }) => share >= goodputPastKneeMin);
  const said = shares.map(({ offered, share }) => `${offered}/s ${share.toFixed(2)}`).join(', ');
  return `${said}; ${isReached ? 'reached' : 'MISSED'}: ${goodputPastKneeMin}`;
}

const saidParts = (parts: ByPart): string =>
  Object.entries(parts)
    .map(([part, value]) => `${part} ${value}`)
    .join(', ');
