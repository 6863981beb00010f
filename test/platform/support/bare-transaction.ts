import process from 'node:process';
import postgres from 'postgres';

/** The driver as it is, in a transaction whose connection is cut by somebody else. */
const client = postgres(process.argv[2] ?? '', { max: 1, prepare: false });
process.send?.('ready');
await client
  .begin(async (transaction) => {
    await transaction`select 1`;
    process.send?.('cut');
    await transaction`select pg_sleep(2)`;
  })
  .catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 200));
process.exit(0);
