import type { Db } from '../../platform/database/db.ts';
import { demoStaffIds } from '../queries.ts';

/** Whether somebody can sign in with the published demo password. With `ENV=production` the service then refuses to start. */
export async function demoStaffExists(db: Db): Promise<boolean> {
  return (await demoStaffIds(db)).length > 0;
}
