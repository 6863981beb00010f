import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryFolder } from '../../../deploy/local/places.ts';

/** Where API processes write their CPU profiles with `--profile`. Any browser's developer tools open them. */
export const profileFolder = join(repositoryFolder, 'loadtest/results/profiles');

type CallFrame = {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
};
type CpuProfile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  /** One per sample: its function, and the microseconds since the previous sample. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

const functionsShown = 25;
const modulesShown = 25;
const nameMax = 60;
/** The start of the process and the warm-up are left out. */
const leftOutMicroseconds = 3e6;
const notWork = new Set(['(idle)', '(program)']);

export function clearProfiles(): void {
  rmSync(profileFolder, { recursive: true, force: true });
}

export type ProfileTop = { readonly modules: readonly string[]; readonly functions: readonly string[] };

/**
 * Where each profile's samples were: by module (a package, one of our files, a part of Node) and by function, each without
 * its callees. Reads the bundles' source maps, so the bundles must still exist.
 */
export function topOfProfiles(): Record<string, ProfileTop> {
  if (!existsSync(profileFolder)) return {};
  const files = readdirSync(profileFolder).filter((name) => name.endsWith('.cpuprofile'));
  return Object.fromEntries(
    files.map((name) => [name, topOf(JSON.parse(readFileSync(join(profileFolder, name), 'utf8')) as CpuProfile)]),
  );
}

function topOf(profile: CpuProfile): ProfileTop {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, number>();
  const modules = new Map<string, number>();
  const add = (to: Map<string, number>, name: string) => to.set(name, (to.get(name) ?? 0) + 1);
  let elapsed = 0;
  let all = 0;
  for (const [index, id] of profile.samples.entries()) {
    elapsed += profile.timeDeltas[index] ?? 0;
    const frame = frames.get(id);
    if (elapsed < leftOutMicroseconds || frame === undefined || notWork.has(frame.functionName)) continue;
    all += 1;
    const { module, place } = originOf(frame);
    add(functions, `${clipped(frame.functionName || '(anonymous)')} ${place}`);
    add(modules, clipped(module));
  }
  const most = (counts: Map<string, number>, shown: number) =>
    [...counts]
      .sort(([, one], [, other]) => other - one)
      .slice(0, shown)
      .map(([name, count]) => `${((100 * count) / all).toFixed(1)} % ${name}`);
  return { modules: most(modules, modulesShown), functions: most(functions, functionsShown) };
}

/** A regular expression has its text as its name. */
function clipped(name: string): string {
  return name.length > nameMax ? `${name.slice(0, nameMax)}...` : name;
}

type Origin = { readonly module: string; readonly place: string };

const origins = new Map<CallFrame, Origin>();
const maps = new Map<string, SourceMap | undefined>();

function originOf(frame: CallFrame): Origin {
  const known = origins.get(frame);
  if (known !== undefined) return known;
  const origin = findOrigin(frame);
  origins.set(frame, origin);
  return origin;
}

function findOrigin({ url, lineNumber, columnNumber, functionName }: CallFrame): Origin {
  if (!url.startsWith('file:')) return { module: url === '' ? functionName : url, place: `${url}:${lineNumber + 1}` };
  const entry = mapOf(url)?.findEntry(lineNumber, columnNumber);
  if (entry === undefined || !('originalSource' in entry)) return { module: url, place: `${url}:${lineNumber + 1}` };
  const path = entry.originalSource.replace(/^(?:\.\.\/)+/, '').replace(/^file:\/\//, '');
  const packageName = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return { module: packageName ?? path, place: `${path}:${entry.originalLine + 1}` };
}

function mapOf(url: string): SourceMap | undefined {
  if (!maps.has(url)) {
    const file = `${fileURLToPath(url)}.map`;
    maps.set(url, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined);
  }
  return maps.get(url);
}
