import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../deploy/local/places.ts';

/** Where the tools find what they look at: the local stack that runs, or what the environment names. */
export type RunningStack = { readonly databaseUrl: string; readonly sandboxUrl: string | undefined };

/** Written by `npm start` for as long as the stack runs; for its owner's eyes only. */
const environmentFile = join(dataFolder, 'environment.json');

/** @throws with what to do when nothing runs and nothing is named */
export function runningStack(environment: NodeJS.ProcessEnv): RunningStack {
  if (environment['DATABASE_URL'] !== undefined) {
    return { databaseUrl: environment['DATABASE_URL'], sandboxUrl: environment['SANDBOX_URL'] };
  }
  let running: NodeJS.ProcessEnv;
  try {
    running = JSON.parse(readFileSync(environmentFile, 'utf8')) as NodeJS.ProcessEnv;
  } catch {
    throw new Error('no stack runs here: start one with npm start, or set DATABASE_URL');
  }
  const gateway = running['MIDTRANS_API_URL'];
  return {
    databaseUrl: running['DATABASE_URL'] ?? '',
    sandboxUrl: gateway === undefined ? undefined : new URL(gateway).origin,
  };
}
