import { at, listOf, request } from '../../demo/http.ts';
import { payersPattern } from './buyers.ts';
import { RehearsalRefused } from '../options.ts';

/** Buyers pay this soon after they have ordered. */
const payAfterMs = 500;
const othersMax = 8;
const deadlineMs = 5000;
export const warmUp = { seconds: 3, perSecond: 100 } as const;
/** Fewer people are no opening. */
export const peopleMin = 10;

/** @throws RehearsalRefused if it does not answer */
export async function requireSandbox(sandboxUrl: string): Promise<void> {
  const reply = await fetch(`${sandboxUrl}/healthz`, { signal: AbortSignal.timeout(deadlineMs) }).catch(
    () => undefined,
  );
  await reply?.body?.cancel();
  if (reply?.ok !== true)
    throw new RehearsalRefused(`The sandbox does not answer at ${sandboxUrl}. Start it with npm start.`);
}

/** Tells the sandbox which buyers pay. */
export async function letBuyersPay(sandboxUrl: string, run: string): Promise<void> {
  const rule = { match: { customerEmail: payersPattern(run) }, autoPay: { afterMs: payAfterMs, method: 'qris' } };
  const { status } = await request(`${sandboxUrl}/control/scenarios`, { method: 'POST', body: rule });
  if (status !== 201) throw new Error(`the sandbox answered ${status} to the rule of those who pay`);
}

/** Other events that people look at, after these. */
export async function othersOf(url: string, first: readonly string[]): Promise<string[]> {
  const { body } = await request(`${url}/v1/events`);
  const listed = listOf(body).map((event) => String(at(event, 'slug')));
  return [...first, ...listed.filter((slug) => !slug.startsWith('rehearsal-')).slice(0, othersMax)];
}
