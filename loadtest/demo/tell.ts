import { stackEnvironment } from '../running-stack.ts';
import { type Step, StoryFault } from './http.ts';

/** Where the demo runs: the stack that runs from this folder, or another one named by the environment. */
export function storyPlaces(): { readonly api: string; readonly sandbox: string } {
  const stack = stackEnvironment();
  const api = process.env['DEMO_API'] ?? stack['API_URL'];
  const sandbox = process.env['DEMO_SANDBOX'] ?? stack['SANDBOX_URL'];
  if (api !== undefined && sandbox !== undefined) return { api, sandbox };
  process.stderr.write('antre does not run from this folder. Start it with npm start in another terminal first.\n');
  process.exit(1);
}

/**
 * Runs a story step by step, each with its time, and stops at the first broken promise.
 * @param last the line printed when all steps have passed
 */
export async function tell(title: string, last: string, story: (step: Step) => Promise<void>): Promise<void> {
  let told = 0;
  const step: Step = async (sentence, act) => {
    const started = performance.now();
    try {
      const result = await act();
      told += 1;
      const spent = (performance.now() - started).toFixed(0).padStart(6);
      process.stdout.write(`${String(told).padStart(2)}. ok  ${sentence.padEnd(76)} ${spent} ms\n`);
      return result;
    } catch (error) {
      process.stdout.write(`${String(told + 1).padStart(2)}. NO  ${sentence}\n`);
      throw error;
    }
  };
  try {
    process.stdout.write(`${title}\n\n`);
    await story(step);
    process.stdout.write(`\nAll ${told} steps are as promised. ${last}\n`);
  } catch (error) {
    const sentence = error instanceof StoryFault ? error.message : String(error);
    const hint = /ECONNREFUSED|fetch failed/.test(sentence) ? ' (is the stack running? npm start)' : '';
    process.stdout.write(`\nNot as promised: ${sentence}${hint}\n`);
    process.exitCode = 1;
  }
}
