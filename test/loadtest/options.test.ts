import { expect, test } from 'vitest';
import { readArguments } from '../../loadtest/bench/harness/options.ts';
import { productionSettings } from '../../loadtest/production-settings.ts';

test('Postgres has an eighth of the memory, and no more than a server of production', () => {
  const settingsOf = (gibibytes: number) => productionSettings(gibibytes * 2 ** 30);
  expect([0.5, 4, 8, 64].map(settingsOf)).toEqual([
    ['shared_buffers=128MB'],
    ['shared_buffers=512MB'],
    ['shared_buffers=1024MB'],
    ['shared_buffers=2048MB'],
  ]);
});

const benches = { orders: 'orders', reads: 'reads' };

test('without arguments, all benches run with their defaults; named ones run in the given order', () => {
  const usual = {
    seconds: 5,
    runs: 3,
    rows: 10_000_000,
    minutes: 10,
    holdSeconds: 300,
    pin: true,
    profile: false,
    live: false,
  };
  expect(readArguments([], benches)).toEqual({ names: ['orders', 'reads'], options: usual });
  const asked = readArguments(['reads', '--runs', '1', '--no-pin', 'orders', '--profile'], benches);
  expect(asked).toEqual({ names: ['orders', 'reads'], options: { ...usual, runs: 1, pin: false, profile: true } });
});

test('--help prints the usage, and an unknown argument prints what exists', () => {
  expect(readArguments(['orders', '--help'], benches)).toBe('help');
  expect(() => readArguments(['order'], benches)).toThrow(/There is no bench "order"\.[^]*reads/);
  expect(() => readArguments(['--run', '3'], benches)).toThrow(/--run is not an option\.[^]*--runs/);
  for (const value of ['0', '21', '1.5', 'many', undefined])
    expect(() => readArguments(['--runs', ...(value === undefined ? [] : [value])], benches)).toThrow(
      '--runs takes a whole number from 1 to 20',
    );
});
