import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import type { Machine } from './machine.ts';

const scripts = '/opt/antre/current/deploy/vps';
/** Commands that change something are under "Do", and are not run. */
const changes = /\bset\b|_backend\(|pg_is_wal_replay_paused|<\w+>/;
const refusal = /"status":[45]\d\d|^ERR|NOAUTH|WRONGPASS|404 Not Found|^-- No entries --/m;

/** The commands of the runbook that only look, split into words. */
export function lookingCommands(runbook: string): string[][] {
  const quoted = new Set([...runbook.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text));
  return [...quoted].flatMap((text) => {
    if (changes.test(text)) return [];
    if (text.startsWith('select ')) return [['console', 'postgres', '-c', text]];
    const name = /^node commands\/([a-z-]+)\.mjs(?: list)?$/.exec(text)?.[1];
    if (name !== undefined) return [['command', name, ...(text.endsWith(' list') ? ['list'] : [])]];
    // Without words it would wait for somebody to type.
    return text.startsWith('console ') && text !== 'console postgres' ? [text.split(' ')] : [];
  });
}

/**
 * Runs the runbook's read-only commands on the machine.
 * @returns how many commands there were
 * @throws Error with the command that fails or is refused
 */
export async function walkRunbook(machine: Machine): Promise<number> {
  const commands = lookingCommands(readFileSync(join(repositoryFolder, 'deploy/runbook.md'), 'utf8'));
  for (const [script, ...words] of commands) {
    const said = await machine.run(`${scripts}/${script}`, ...words);
    if (refusal.test(said)) throw new Error(`${script} ${words.join(' ')} was refused:\n${said.slice(0, 500)}`);
  }
  return commands.length;
}
