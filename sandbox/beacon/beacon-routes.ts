import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { neverAnswer } from '../fault.ts';
import type { Random } from '../random.ts';
import type { RuleBook } from '../rule-book.ts';
import type { Scheduler } from '../scheduler.ts';
import { type BeaconRule, beaconRuleFor } from './beacon-rules.ts';
import type { ChainInfo } from './demo-chain.ts';
import { signRound } from './sign-round.ts';

export type BeaconWorld = Readonly<{
  /** Epoch milliseconds. */
  now: () => number;
  random: Random;
  scheduler: Scheduler;
  chain: ChainInfo;
  rules: RuleBook<BeaconRule>;
}>;

/** drand's HTTP API: `/chains`, `/{chain}/info`, `/{chain}/public/{round}` and `/{chain}/public/latest`. */
export function beaconRoutes(world: BeaconWorld): Hono {
  const { chain } = world;
  const isChain = (context: Context) => context.req.param('chain') === chain.hash;
  return new Hono()
    .get('/chains', (context) => context.json([chain.hash]))
    .get('/:chain/info', (context) => (isChain(context) ? context.json(chain) : context.notFound()))
    .get('/:chain/public/:round', async (context) => {
      if (!isChain(context)) return context.notFound();
      const asked = context.req.param('round');
      const round = asked === 'latest' ? roundAt(world) : Number(asked);
      return Number.isSafeInteger(round) && round >= 1 ? answerRound(context, world, round) : context.text('', 400);
    });
}

function roundAt({ now, chain }: BeaconWorld, lateSeconds = 0): number {
  return Math.floor((now() / 1000 - lateSeconds - chain.genesis_time) / chain.period) + 1;
}

async function answerRound(context: Context, world: BeaconWorld, round: number): Promise<Response> {
  const rule = beaconRuleFor(world.rules, world.random, round);
  if (rule?.delayMs !== undefined) await world.scheduler.wait(rule.delayMs);
  if (typeof rule?.answer === 'string') return neverAnswer(context, rule.answer);
  if (typeof rule?.answer === 'number') return new Response('scripted fault', { status: rule.answer });
  if (round > roundAt(world, rule?.lateSeconds)) return context.json({ error: 'no such round yet' }, 404);
  const shown = rule?.stale === true ? round - 1 : round;
  const signature = signRound(shown, rule?.forge);
  const randomness = createHash('sha256').update(Buffer.from(signature, 'hex')).digest('hex');
  return context.json({ round: shown, randomness, signature });
}
