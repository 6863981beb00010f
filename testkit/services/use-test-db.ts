import { afterAll } from 'vitest';
import { openTestDb } from '../orders/placing.ts';
import { createTestDatabase } from './database.ts';

/** A database for all tests of a file, and a pool on it. */
export async function useTestDb(poolSize?: number) {
  const { url, directUrl, close } = await createTestDatabase();
  const open = openTestDb(url, poolSize);
  afterAll(async () => {
    await open.close();
    await close();
  });
  return { url, directUrl, open, db: open.db };
}
