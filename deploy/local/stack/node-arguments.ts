/**
 * Node's memory settings for every process of the product, here and in production. `npm run bench -- orders goodput` shows
 * their effects.
 *
 * `--max-semi-space-size=16` (MiB): by default the young generation grows until each of its collections takes 15 to 25 ms, which
 * delays every request. With 16 MiB they take 4 to 6 ms. With 4 MiB, objects in flight are promoted too early, and an order
 * costs a quarter more.
 *
 * `--max-old-space-size=1024` (MiB): a limit far above the use. With it V8 lets the heap double between two collections instead of
 * growing fourfold: 200 MiB in all under full load instead of 370. With 512 it collects so often that everything costs twice
 * as much. In a container of 512 MiB that is the default.
 *
 * `--v8-pool-size=1`: one helper thread for collections instead of four. A process has about one core, and four threads take it
 * from the thread that answers. One gives a tenth more orders and a p99 a fifth lower.
 *
 * `--no-allocation-site-pretenuring`: V8 learns, while a process starts, which lines of code make objects that live long. From then on
 * it places their objects directly among the old ones. An old object keeps everything that it refers to until the next full
 * collection, so one such line in the path of a request keeps whole requests in memory: three full collections a second, and half the
 * reads. About half of the processes started that way by chance. With this argument none of sixteen did. `NODE_OPTIONS` does not accept it.
 */
export const nodeArguments: readonly string[] = [
  '--max-semi-space-size=16',
  '--max-old-space-size=1024',
  '--v8-pool-size=1',
  '--no-allocation-site-pretenuring',
];
