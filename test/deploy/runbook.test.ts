import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variables } from '../../src/config.ts';
import { switchNames } from '../../src/traffic-control/switches/tables.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { lookingCommands } from '../../loadtest/deploy-try/walk-runbook.ts';
import { exporterMetrics } from './support/exporter-metrics.ts';
import { knownMetrics } from './support/known-metrics.ts';

/** Guards that every command of the runbook exists. `npm run deploy:try` runs its consoles on a machine. */
const runbook = readFileSync('deploy/runbook.md', 'utf8');
/** Text between backquotes outside of tables and indented blocks. */
const quoted = [...new Set([...runbook.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text))];
const beginning = (pattern: RegExp) => quoted.filter((text) => pattern.test(text));

describe('statements', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  test('are understood by Postgres', async () => {
    const statements = beginning(/^select /).map((text) => text.replace(/(_backend)\(pid\)$/, '$1(0)'));
    expect(statements.length).toBeGreaterThan(8);
    const sql = postgres(database.directUrl, { max: 1, onnotice: () => {} });
    const refused: string[] = [];
    for (const statement of statements) {
      await sql.unsafe(statement).catch(({ code, message }: postgres.PostgresError) => {
        // Questions about a replica are refused by a primary, and those for the superuser by the owner of the tables.
        if (!['55000', '42501'].includes(code)) refused.push(`${statement}: ${message}`);
      });
    }
    await sql.end();
    expect(refused).toEqual([]);
  });
});

test('commands of a release are in it', () => {
  const build = readFileSync('deploy/local/build.ts', 'utf8');
  const files = beginning(/^node commands\//).map((text) => text.split(' ')[1]);
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => !build.includes(`'${file}'`))).toEqual([]);
});

test('parts that a console opens are known to it', () => {
  const script = readFileSync('deploy/vps/console', 'utf8');
  const parts = new Set(beginning(/^console /).map((text) => text.split(' ')[1]));
  expect(parts.size).toBe(8);
  expect([...parts].filter((part) => !new RegExp(`^${part}\\)`, 'm').test(script))).toEqual([]);
});

test('metrics, variables and switches are those of the service', async () => {
  const known = new Set([...(await knownMetrics()).keys(), ...Object.keys(exporterMetrics)]);
  const metrics = quoted.flatMap((text) => text.match(/\bantre_[a-z_]+/g) ?? []);
  expect(metrics.filter((name) => !known.has(name))).toEqual([]);
  const example = readFileSync('deploy/env.example', 'utf8');
  const named = quoted.flatMap((text) => text.match(/\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b/g) ?? []);
  expect(named.filter((name) => !(name in variables.shape) && !example.includes(`${name}=`))).toEqual([]);
  const rows = [...runbook.matchAll(/^\| `(\w+)` \| (?:all|an event)/gm)].map(([, name]) => name);
  expect(rows.toSorted()).toEqual([...switchNames].toSorted());
});

test('what a machine is asked on trial only looks, and leaves no part out', () => {
  const commands = lookingCommands(runbook).map((words) => words.join(' '));
  expect(commands).toContain('console pgbouncer show pools');
  expect(commands).toContain('console redis-queue config get maxmemory-policy');
  expect(commands).toContain('command audit');
  expect(commands.filter((text) => /config set|pg_terminate|pg_cancel|replay <|discard|--on/.test(text))).toEqual([]);
  const parts = ['postgres', 'pgbouncer', 'redis-queue', 'redis-cache', 'api', 'worker', 'log', 'server-log'];
  expect(parts.filter((part) => !commands.some((text) => text.startsWith(`console ${part}`)))).toEqual([]);
});
