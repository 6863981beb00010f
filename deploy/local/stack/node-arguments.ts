/**
 * How Node keeps memory in every process of the product, here and in production.
 *
 * `--max-semi-space-size=16` (MiB): left to itself the young generation grows until each of its collections takes 15 to
 * 25 ms, which everybody feels; so they take 4 to 6. With 4 MiB what is in flight grows old too early, and an order costs
 * a quarter more. `--max-old-space-size=1024` (MiB): a limit, far above what is used, that makes V8 let the heap grow by
 * about double between two collections instead of fourfold: 200 MiB in all under full load instead of 370. With 512 it
 * collects so often that everything costs twice as much; a container of 512 MiB does the same to a process that does not say
 * otherwise. `--v8-pool-size=1`: one thread that helps collecting instead of four. A process has about one core, and four
 * take it from the one that answers: a tenth more orders, and p99 a fifth lower. (`npm run bench -- orders goodput` shows all.)
 */
export const nodeArguments: readonly string[] = [
  '--max-semi-space-size=16',
  '--max-old-space-size=1024',
  '--v8-pool-size=1',
];
