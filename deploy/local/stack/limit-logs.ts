import { existsSync, readdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const logBytesMax = 64 * 1024 * 1024;
const keptBytesMax = 4 * 1024 * 1024;
const checkEveryMs = 30_000;

/** Renames large logs of earlier runs, and from then on empties a log that grows too large. Returns a function that ends this. */
export function limitLogs(folder: string): () => void {
  for (const file of logsIn(folder)) if (statSync(file).size > keptBytesMax) renameSync(file, `${file}.old`);
  const timer = setInterval(() => {
    // The children append, so they continue at the new end.
    for (const file of logsIn(folder)) if (statSync(file).size > logBytesMax) truncateSync(file);
  }, checkEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

function logsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(folder, name));
}
