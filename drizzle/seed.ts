import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '../src/config.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDb } from '../src/platform/database/db.ts';
import { seedDemo } from './seed/seed-demo.ts';

/** `node drizzle/seed.ts --demo`: a believable demo for a local stack, never for production. Prints one line. */
const { values } = parseArgs({ options: { demo: { type: 'boolean', default: false } } });
const poolSize = 2;
const callTimeoutMs = 15_000;

try {
  console.log(values.demo ? await seed() : 'nothing was seeded; --demo seeds the demo');
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

async function seed(): Promise<string> {
  const config = loadConfig();
  const open = openDb({
    url: config.DATABASE_URL,
    name: 'seed',
    poolSize,
    acquireTimeoutMs: callTimeoutMs,
    callTimeoutMs,
    prepare: config.DATABASE_PREPARE,
  });
  try {
    return await seedDemo({ db: open.db, config, clock: systemClock });
  } finally {
    await open.close();
  }
}
