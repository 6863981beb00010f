import { join } from 'node:path';
import { dataFolder } from '../../../deploy/local/places.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';
import { startServices } from '../../../deploy/local/services/start-services.ts';
import { migrate } from '../../../drizzle/migrate.ts';
import type { TestDatabase } from '../../../testkit/services/database.ts';
import { endOnSignal, isInterrupted } from '../../bench/harness/interruption.ts';
import { type Mutant, removeGuards } from '../world/mutants.ts';

let made = 0;

/** A migrated database behind PgBouncer, without the product's processes, for one run. */
export async function inDoorDatabase<Result>(
  mutant: Mutant | undefined,
  act: (database: TestDatabase) => Promise<Result>,
): Promise<Result> {
  made += 1;
  const folder = join(dataFolder, `drill-door-${process.pid}-${made}`);
  const services = await startServices({ dataFolder: folder, ports: 'free', durable: false });
  const close = async () => {
    await services.stop();
    await discardData(folder);
  };
  const forget = endOnSignal(close);
  try {
    const { addresses } = services;
    await migrate({ url: addresses.databaseDirectUrl });
    if (mutant !== undefined) await removeGuards(mutant, addresses);
    const { databaseUrl: url, databaseDirectUrl: directUrl, preparedStatements } = addresses;
    return await act({ url, directUrl, preparedStatements, close: async () => {} });
  } finally {
    if (!isInterrupted()) {
      await close();
      forget();
    }
  }
}
