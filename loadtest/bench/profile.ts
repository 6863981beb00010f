import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';

/** Where API processes leave their CPU profiles with `--profile`; they open in any browser's developer tools. */
export const profileFolder = join(repositoryFolder, 'loadtest/results/profiles');

type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
};

const shown = 25;

export function clearProfiles(): void {
  rmSync(profileFolder, { recursive: true, force: true });
}

/** The functions that most samples met, by file: `12.3 % parse (node:internal/http)`; empty without profiles. */
export function topOfProfiles(): Record<string, readonly string[]> {
  if (!existsSync(profileFolder)) return {};
  const files = readdirSync(profileFolder).filter((name) => name.endsWith('.cpuprofile'));
  return Object.fromEntries(
    files.map((name) => [name, topOf(JSON.parse(readFileSync(join(profileFolder, name), 'utf8')) as CpuProfile)]),
  );
}

function topOf(profile: CpuProfile): string[] {
  const names = new Map(
    profile.nodes.map(({ id, callFrame }) => [
      id,
      `${callFrame.functionName || '(anonymous)'} ${callFrame.url.split('/').at(-1) ?? ''}:${callFrame.lineNumber + 1}`,
    ]),
  );
  const counts = new Map<string, number>();
  for (const id of profile.samples) {
    const name = names.get(id) ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, shown)
    .map(([name, count]) => `${((100 * count) / profile.samples.length).toFixed(1)} % ${name}`);
}
