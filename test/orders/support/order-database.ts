import { placingDeps } from '../../../testkit/orders/placing.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';

/** A database for all tests of a file. Each test opens its own desk on it. */
export async function useOrderDatabase() {
  const { url, directUrl, open } = await useTestDb();
  return { url, directUrl, open, deps: placingDeps(open) };
}
