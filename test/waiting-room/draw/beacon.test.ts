import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chainName, signedByChain } from '../../../loadtest/audit-draw/beacon.ts';
import { demoChain } from '../../../sandbox/beacon/demo-chain.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { type BeaconChain, firstRoundFrom, timeOfRound } from '../../../src/waiting-room/draw/beacon/beacon-chain.ts';
import { createBeacon } from '../../../src/waiting-room/draw/beacon/beacon.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';

/** Guards promise 9: a beacon is believed for its signature and for nothing else, and its absence is an answer. */

const info = demoChain(1);
let sandbox: Sandbox;
let chain: BeaconChain;
let nowMs = Date.UTC(2026, 5, 1);
const signal = new AbortController().signal;

beforeAll(async () => {
  sandbox = await startSandbox({ beaconPeriodSeconds: 1, now: () => nowMs });
  chain = {
    hash: info.hash,
    publicKey: info.public_key,
    genesisSeconds: info.genesis_time,
    periodSeconds: info.period,
    urls: [`${sandbox.url}/beacon`],
  };
});
afterAll(() => sandbox.close());
beforeEach(() => fetch(`${sandbox.url}/control/beacon/rules`, { method: 'DELETE' }));

const script = (rule: object) =>
  fetch(`${sandbox.url}/control/beacon/rules`, { method: 'POST', body: JSON.stringify(rule) });
const fetchRound = (round: number, urls = chain.urls) =>
  createBeacon({ ...chain, urls }, { timeoutMs: 300 }).fetchRound(round, signal);
const roundNow = () => firstRoundFrom(chain, new Date(nowMs));

describe('rounds and times', () => {
  test('follow from each other', () => {
    expect(timeOfRound(chain, 1).getTime()).toBe(info.genesis_time * 1000);
    const slow = { ...chain, periodSeconds: 30 };
    for (const round of [1, 2, 1000, 4_000_000]) {
      const at = timeOfRound(slow, round).getTime();
      expect(firstRoundFrom(slow, new Date(at))).toBe(round);
      expect(firstRoundFrom(slow, new Date(at + 1))).toBe(round + 1);
      expect(firstRoundFrom(slow, new Date(at + 29_999))).toBe(round + 1);
    }
    expect(firstRoundFrom(slow, new Date(0))).toBe(1);
  });
});

describe('a relay', () => {
  test('that sends the true round is believed', async () => {
    const answer = await fetchRound(roundNow());
    expect(answer.kind).toBe('value');
    if (answer.kind !== 'value') return;
    const own = { hash: info.hash, publicKey: info.public_key, genesis: info.genesis_time, periodSeconds: 1 };
    expect(signedByChain(own, roundNow(), answer.signature)).toBe(true);
    expect(chainName(own, info.groupHash, info.metadata.beaconID)).toBe(info.hash);
  });

  test('asked too early reports that, and has the round when its time has come', async () => {
    const round = roundNow() + 5;
    expect(await fetchRound(round)).toEqual({ kind: 'early' });
    nowMs += 5000;
    expect(await fetchRound(round)).toMatchObject({ kind: 'value' });
  });

  test('that publishes its round late counts as early', async () => {
    await script({ lateSeconds: 30 });
    expect(await fetchRound(roundNow())).toEqual({ kind: 'early' });
  });

  test.each(['bad_signature', 'other_key', 'other_round', 'outside_subgroup'])(
    'that forges (%s) is detected',
    async (forge) => {
      await script({ forge });
      expect(await fetchRound(roundNow())).toMatchObject({ kind: 'forged' });
    },
  );

  test('that sends another round is detected, even if that round is genuine', async () => {
    await script({ stale: true });
    expect(await fetchRound(roundNow())).toMatchObject({ kind: 'forged' });
  });

  test.each([503, 'hang', 'reset'])('that fails (%s) counts as unavailable, within the deadline', async (answer) => {
    await script({ answer });
    expect(await fetchRound(roundNow())).toMatchObject({ kind: 'unavailable' });
  });

  test('of another chain has no round of ours', async () => {
    const beacon = createBeacon({ ...chain, hash: 'ab'.repeat(32) });
    expect((await beacon.fetchRound(roundNow(), signal)).kind).not.toBe('value');
  });

  test('that is down, lies or hangs is skipped for one that answers', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await fetchRound(roundNow(), [nobody])).toMatchObject({ kind: 'unavailable' });
    expect(await fetchRound(roundNow(), [nobody, `${sandbox.url}/beacon`])).toMatchObject({ kind: 'value' });
    await script({ forge: 'other_key', times: 1 });
    expect(await fetchRound(roundNow(), [`${sandbox.url}/beacon`, `${sandbox.url}/beacon`])).toMatchObject({
      kind: 'value',
    });
  });
});
