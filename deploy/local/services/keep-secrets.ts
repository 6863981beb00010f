import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { LaunchProblem } from '../launch-problem.ts';

/**
 * Reads the secrets in `file`, creates the missing ones of `names` (32 random bytes each, in hex digits) and stores them,
 * readable by this user alone.
 */
export function keepSecrets<Name extends string>(file: string, names: readonly Name[]): Record<Name, string> {
  const known = read(file);
  const secrets = Object.fromEntries(
    names.map((name) => [name, known[name] ?? randomBytes(32).toString('hex')]),
  ) as Record<Name, string>;
  if (names.some((name) => known[name] === undefined)) {
    writeFileSync(`${file}.new`, JSON.stringify({ ...known, ...secrets }, null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return secrets;
}

function read(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new LaunchProblem(
      `${file} cannot be read. \`npm start -- --fresh\` throws the local data away and begins again.`,
      error,
    );
  }
}
