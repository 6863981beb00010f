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

/** An API process serves when Postgres answers and it knows what is switched. Redis may be away: it is an accelerator. */
export function apiProbes({ db, switches }: Pick<Service, 'db' | 'switches'>): Probe[] {
  return [
    { name: 'postgres', check: () => ping(db) },
    { name: 'switches', check: () => switches.requireKnown() },
  ];
}

/** What is switched off stays off for those who ask a process that has just started. Without Postgres it starts all the same. */
export async function knowSwitches({ switches, log }: Pick<Service, 'switches' | 'log'>): Promise<void> {
  await switches.refresh().catch((error: unknown) => log.warn({ err: error }, 'serving without knowing the switches'));
}
