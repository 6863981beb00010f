import type { Db } from '../../platform/database/db.ts';
import { findApiKeys } from './queries.ts';
import type { ApiKey } from '../tables.ts';

/** All keys of the organiser, ended ones too; one more than `limit` when there is a next page. */
export function listApiKeys(
  deps: { db: Db },
  input: { organizerId: string; afterId: string | undefined; limit: number },
): Promise<ApiKey[]> {
  return findApiKeys(deps.db, input.organizerId, input);
}
