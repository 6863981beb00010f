import { type Problem, askedBy, call, endsByWaiting } from '../shared/calls/api.ts';
import { backOff, pause } from '../shared/calls/waiting.ts';
import type { PlaceView } from './queue-view.ts';
import { type Challenge, solveChallenge } from './solve-challenge.ts';

export type Joined =
  | { readonly kind: 'place'; readonly place: PlaceView }
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** The challenge is of a kind that this page does not know: the service is newer than the page. */
  | { readonly kind: 'unknown_work' }
  | { readonly kind: 'given_up' };

type Told = {
  /** Undefined if there is nothing more to do. */
  onWork(share: number | undefined): void;
  onWait(problem: Problem | undefined): void;
};

/** About a quarter of an hour. */
const triesMax = 40;
/** One solution may come too late, or the difficulty may change. More failures have another cause. */
const challengesMax = 3;

/**
 * Takes the place of a confirmed buyer, with as many tries as it needs. Joining again returns the same place, so a lost
 * answer does no harm.
 * @param difficulty the room's requirement, as last known
 * @param insteadOf index of the own lapsed place that is given up for a new one at the end
 */
export async function joinPlace(
  { slug, token, difficulty, insteadOf }: { slug: string; token: string; difficulty: number; insteadOf?: number },
  told: Told,
): Promise<Joined> {
  const path = `/v1/events/${slug}/queue`;
  let needsWork = difficulty > 0;
  let challenges = 0;
  for (let tries = 0; tries < triesMax; tries += 1) {
    const work = needsWork
      ? await doWork(path, { token, difficulty }, told)
      : { kind: 'done' as const, solution: undefined };
    if (work.kind === 'unknown_work') return work;
    const answer =
      work.kind === 'done'
        ? await call<PlaceView>('POST', `${path}/places`, {
            token,
            ...(work.solution === undefined && insteadOf === undefined
              ? {}
              : { body: { challenge: work.solution, insteadOf } }),
          })
        : work.answer;
    if (answer.kind === 'ok') return { kind: 'place', place: answer.body };
    const problem = answer.kind === 'refused' ? answer.problem : undefined;
    const isAboutWork = problem?.code === 'challenge.required' || problem?.code === 'challenge.failed';
    if (isAboutWork) challenges += 1;
    if (isAboutWork && challenges <= challengesMax) {
      needsWork = true;
      continue;
    }
    if (problem !== undefined && problem.status < 500 && !endsByWaiting(problem)) return { kind: 'refused', problem };
    told.onWait(problem);
    const askedMs = askedBy(answer);
    await pause(backOff(tries, { firstMs: 1500, ceilingMs: 30_000, askedMs, random: Math.random() }));
  }
  return { kind: 'given_up' };
}

type Work =
  | { readonly kind: 'done'; readonly solution: string | undefined }
  | { readonly kind: 'unknown_work' }
  | { readonly kind: 'not_given'; readonly answer: Exclude<Awaited<ReturnType<typeof call<never>>>, { kind: 'ok' }> };

async function doWork(
  path: string,
  { token, difficulty }: { token: string; difficulty: number },
  { onWork }: Told,
): Promise<Work> {
  const given = await call<Challenge | undefined>('POST', `${path}/challenges`, { token });
  if (given.kind !== 'ok') return { kind: 'not_given', answer: given };
  if (given.body === undefined) return { kind: 'done', solution: undefined };
  onWork(0);
  const solution = await solveChallenge(given.body, { difficulty, onProgress: onWork });
  onWork(undefined);
  return solution === undefined ? { kind: 'unknown_work' } : { kind: 'done', solution };
}
