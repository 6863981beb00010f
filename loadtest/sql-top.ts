import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { stackEnvironment } from './running-stack.ts';
import { type Order, listCostliest, orders, resetStatements } from './sql-top/list-costliest.ts';
import { statementTable } from './sql-top/statement-table.ts';

const usage = `npm run sql:top -- [options]
  --by ${Object.keys(orders).join('|')}   what to order by; total unless told
  --limit 20   how many statements
  --reset      forget what was counted until now
DATABASE_DIRECT_URL chooses another database than that of the stack that runs here.`;

/** `npm run sql:top`: the statements that cost this database most, by pg_stat_statements. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      by: { type: 'string', default: 'total' },
      limit: { type: 'string', default: '20' },
      reset: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const limit = Number(values.limit);
  if (values.help) return void process.stdout.write(`${usage}\n`);
  if (!isOrder(values.by) || !Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new Error(usage);
  }
  const sql = postgres(addressOf(process.env), { max: 1, connect_timeout: 5, prepare: false, onnotice: () => {} });
  try {
    if (values.reset) {
      await resetStatements(sql);
      process.stdout.write('Forgotten; counting from now.\n');
    } else process.stdout.write(statementTable(await listCostliest(sql, { by: values.by, limit })));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function isOrder(name: string): name is Order {
  return Object.hasOwn(orders, name);
}

function addressOf(environment: NodeJS.ProcessEnv): string {
  const given = environment['DATABASE_DIRECT_URL'];
  if (given !== undefined && given !== '') return given;
  const address = stackEnvironment()['DATABASE_DIRECT_URL'];
  if (address !== undefined) return address;
  throw new Error('no stack runs here: start one with npm start, or set DATABASE_DIRECT_URL');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
