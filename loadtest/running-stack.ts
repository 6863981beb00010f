import { readFileSync } from 'node:fs';
import { environmentFile } from '../deploy/local/places.ts';

/** The addresses of the stack that runs from this folder; nothing if none runs. */
export function stackEnvironment(): Readonly<Record<string, string | undefined>> {
  try {
    return JSON.parse(readFileSync(environmentFile, 'utf8')) as Record<string, string | undefined>;
  } catch {
    return {};
  }
}

/**
 * The database to read and the sandbox's journal: as named by the environment, else those of the stack that runs from this
 * folder.
 * @throws with advice if nothing runs and nothing is named
 */
export function databaseAndSandbox(environment: NodeJS.ProcessEnv): {
  readonly databaseUrl: string;
  readonly sandboxUrl: string | undefined;
} {
  const stack = stackEnvironment();
  const sandboxUrl = environment['SANDBOX_URL'] || undefined;
  if (environment['DATABASE_URL']) return { databaseUrl: environment['DATABASE_URL'], sandboxUrl };
  if (stack['DATABASE_URL'] !== undefined) {
    return { databaseUrl: stack['DATABASE_URL'], sandboxUrl: sandboxUrl ?? stack['SANDBOX_URL'] };
  }
  throw new Error('no stack runs from this folder: start one with npm start, or set DATABASE_URL as you did for it');
}
