import { demoStaffExists } from './access/index.ts';
import type { Service } from './compose.ts';
import type { Probe } from './http/health.ts';
import { ping } from './platform/db.ts';

/** Why production must not start with what it finds, or undefined. */
export async function refusesToStart({ config, db }: Pick<Service, 'config' | 'db'>): Promise<string | undefined> {
  if (config.ENV !== 'production') return undefined;
  return (await demoStaffExists(db))
    ? 'the database holds demo staff with a published password; production must not serve it'
    : undefined;
}

/** An API process serves when Postgres answers. Redis may be away: it is an accelerator. */
export function apiProbes({ db }: Pick<Service, 'db'>): Probe[] {
  return [{ name: 'postgres', check: () => ping(db) }];
}
