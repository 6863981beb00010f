import { z } from 'zod';
import { RehearsalRefused } from '../options.ts';

/** A deployment's description of itself. */
const statusSchema = z.object({ state: z.string(), takesRehearsals: z.boolean() });
const deadlineMs = 10_000;

/**
 * Asks a deployment whether load is welcome there.
 * @throws RehearsalRefused unless it is up and declares itself a copy for rehearsals
 */
export async function requireStagingCopy(address: URL): Promise<void> {
  const { host } = address;
  const answer = await fetch(new URL('/status.json', address), {
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
  }).catch((error: unknown) => {
    throw new RehearsalRefused(`${host} does not answer (${reasonOf(error)}). No load was sent.`);
  });
  const status = statusSchema.safeParse(await answer.json().catch(() => undefined)).data;
  if (!answer.ok || status === undefined)
    throw new RehearsalRefused(`${host} does not answer as antre does at /status.json. No load was sent.`);
  if (!status.takesRehearsals)
    throw new RehearsalRefused(
      `${host} does not say that it is a copy for rehearsals: people may buy there. No load was sent. On a staging copy set REHEARSALS_ALLOWED=true.`,
    );
  if (status.state === 'down') throw new RehearsalRefused(`${host} says that it is down. No load was sent.`);
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return reason instanceof Error ? reason.message : String(reason);
}
