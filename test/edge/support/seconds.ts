import { type Answer, ask } from './ask.ts';

const triesMax = 10;

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/**
 * nginx counts whole seconds: a document fetched in second n is fresh through n + 1, and may be stale through n + 2.
 */
export const second = () => Math.floor(Date.now() / 1000);

export async function untilSecond(wanted: number): Promise<void> {
  while (Date.now() < wanted * 1000 + 50) await pause(20);
}

/**
 * A test of what the edge does while an answer is fresh. It starts with a second. If a busy machine took longer than that
 * second, its failure says nothing, and it starts again.
 */
export const withinASecond = (body: () => Promise<void>) => async () => {
  for (let tries = 1; ; tries += 1) {
    await untilSecond(second() + 1);
    const started = Date.now();
    try {
      await body();
      return;
    } catch (error) {
      if (Date.now() - started < 1000 || tries === triesMax) throw error;
    }
  }
};

/**
 * Asks until the API says that the page or document is gone. A busy API may send its last good answer for a moment; the
 * edge may send nothing of its own.
 */
export async function untilGone(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(port, path, { headers });
    const isOfEdge = answer.headers['cache-status']?.includes('edge; hit') === true;
    if (answer.status === 404 || isOfEdge || tries === triesMax) return answer;
    await pause(1000);
  }
}
