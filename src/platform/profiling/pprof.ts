import type { HeapProfiler, Profiler } from 'node:inspector';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';

/**
 * V8's profiles in the format of pprof, which Go's tools, Grafana Pyroscope, Parca and speedscope read. V8 gives a tree
 * of frames; pprof wants one stack for each leaf that has samples.
 */

/** The part of a node that both kinds of profile have. */
type CallFrame = Pick<Profiler.ProfileNode['callFrame'], 'functionName' | 'url' | 'lineNumber' | 'scriptId'>;

const zipped = promisify(gzip);
const nanosecondsPerMicrosecond = 1000;

/** A CPU profile as gzipped pprof: samples, and processor time in nanoseconds. */
export async function cpuPprof(profile: Profiler.Profile, samplingMicroseconds: number): Promise<Buffer> {
  const builder = createBuilder([
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ]);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const nanoseconds = samplingMicroseconds * nanosecondsPerMicrosecond;
  for (const node of profile.nodes) {
    const hits = node.hitCount ?? 0;
    // Idle time is not processor time.
    if (hits === 0 || node.callFrame.functionName === '(idle)') continue;
    const stack: CallFrame[] = [];
    for (let at = nodes.get(node.id); at !== undefined; at = nodes.get(parents.get(at.id) ?? -1))
      stack.push(at.callFrame);
    builder.add(stack, [hits, hits * nanoseconds]);
  }
  return builder.end({
    durationMicroseconds: profile.endTime - profile.startTime,
    periodType: ['cpu', 'nanoseconds'],
    period: nanoseconds,
  });
}

/** A sampled heap profile as gzipped pprof: bytes allocated while it ran and still in use. */
export async function heapPprof(
  profile: HeapProfiler.SamplingHeapProfile,
  { intervalBytes, durationMicroseconds }: { intervalBytes: number; durationMicroseconds: number },
): Promise<Buffer> {
  const builder = createBuilder([['inuse_space', 'bytes']]);
  const walk = (node: HeapProfiler.SamplingHeapProfileNode, above: readonly CallFrame[]): void => {
    const stack = [node.callFrame, ...above];
    if (node.selfSize > 0) builder.add(stack, [node.selfSize]);
    for (const child of node.children) walk(child, stack);
  };
  walk(profile.head, []);
  return builder.end({ durationMicroseconds, periodType: ['space', 'bytes'], period: intervalBytes });
}

type Named = readonly [name: string, unit: string];

function createBuilder(types: readonly Named[]) {
  const strings = new StringTable();
  const functions: PprofFunction[] = [];
  const locations: Location[] = [];
  const samples: Sample[] = [];
  const known = new Map<string, Location>();
  const valueType = ([type, unit]: Named) => new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) });

  const locationOf = ({ functionName, url, lineNumber, scriptId }: CallFrame): Location => {
    const key = `${scriptId}:${lineNumber}:${functionName}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const name = strings.dedup(functionName === '' ? '(anonymous)' : functionName);
    const id = functions.length + 1;
    functions.push(
      new PprofFunction({ id, name, systemName: name, filename: strings.dedup(url), startLine: lineNumber + 1 }),
    );
    const location = new Location({ id, line: [new Line({ functionId: id, line: lineNumber + 1 })] });
    locations.push(location);
    known.set(key, location);
    return location;
  };

  return {
    /** @param stack innermost frame first */
    add: (stack: readonly CallFrame[], value: number[]): void => {
      const frames = stack.filter(({ functionName }) => functionName !== '(root)');
      samples.push(new Sample({ locationId: frames.map((frame) => locationOf(frame).id), value }));
    },
    end: (options: { durationMicroseconds: number; periodType: Named; period: number }): Promise<Buffer> =>
      zipped(
        new Profile({
          sampleType: types.map(valueType),
          sample: samples,
          location: locations,
          function: functions,
          stringTable: strings,
          timeNanos: BigInt(Date.now()) * 1_000_000n,
          durationNanos: Math.round(options.durationMicroseconds * nanosecondsPerMicrosecond),
          periodType: valueType(options.periodType),
          period: options.period,
        }).encode(),
      ),
  };
}
