import { setTimeout as pause } from 'node:timers/promises';

/** The targets and rules of a Prometheus. */
export interface Watched {
  readonly targets: number;
  /** Jobs and addresses of targets that do not answer. */
  readonly down: readonly string[];
  readonly rules: number;
  readonly firing: readonly string[];
}

interface Target {
  readonly health: 'up' | 'down' | 'unknown';
  readonly labels: { readonly job: string; readonly instance: string };
}

interface RuleGroups {
  readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly state?: string }[] }[];
}

const askDeadlineMs = 2000;
const pollMs = 250;

/** Asks a Prometheus for its targets and rules. @throws when it does not answer */
export async function askPrometheus(url: string): Promise<Watched> {
  const { activeTargets } = await ask<{ activeTargets: readonly Target[] }>(`${url}/api/v1/targets?state=active`);
  const { groups } = await ask<RuleGroups>(`${url}/api/v1/rules?type=alert`);
  const rules = groups.flatMap((group) => group.rules);
  return {
    targets: activeTargets.length,
    down: activeTargets
      .filter(({ health }) => health !== 'up')
      .map(({ labels }) => `${labels.job} ${labels.instance}`)
      .toSorted(),
    rules: rules.length,
    firing: rules.filter(({ state }) => state === 'firing').map(({ name }) => name),
  };
}

/** Waits until every target has been scraped with success, at most `deadlineMs`; then what stands by then. */
export async function waitForTargets(url: string, deadlineMs: number): Promise<Watched> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const watched = await askPrometheus(url);
    if ((watched.targets > 0 && watched.down.length === 0) || performance.now() > giveUpAt) return watched;
    await pause(pollMs);
  }
}

async function ask<Data>(url: string): Promise<Data> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(askDeadlineMs) });
  if (!answer.ok) throw new Error(`Prometheus answers ${answer.status}`);
  const { data } = (await answer.json()) as { data: Data };
  return data;
}
