import type { BenchApi } from './stack.ts';

const deadlineMs = 5000;

/** The value of a metric over all API processes, restricted to series whose labels contain `labels`. */
export async function readCounter(api: BenchApi, name: string, labels = ''): Promise<number> {
  let sum = 0;
  for (const port of api.operationsPorts) {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(deadlineMs) });
    for (const line of (await response.text()).split('\n')) {
      const isIt = line.startsWith(`${name}{`) || line.startsWith(`${name} `);
      if (isIt && line.includes(labels)) sum += Number(line.slice(line.lastIndexOf(' ')));
    }
  }
  return sum;
}
