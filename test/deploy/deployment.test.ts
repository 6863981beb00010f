import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { nodeArguments } from '../../deploy/local/stack/node-arguments.ts';
import { loadConfig, variables } from '../../src/config.ts';
import {
  type Environment,
  compose,
  kubernetesEnvironment,
  kubernetesObjects,
  productServices,
  systemdVariables,
  variablesOf,
} from './support/deployment.ts';

/**
 * Guards that the deployment matches the service's variables and programs: none misspelt, forgotten or missing from the
 * build.
 */

const known = new Set(Object.keys(variables.shape));
const hex = () => randomBytes(32).toString('hex');
const secrets = () => ({
  JWT_SECRET: hex(),
  ORDER_TOKEN_SECRET: hex(),
  QUEUE_TOKEN_SECRET: hex(),
  HASH_SECRET: hex(),
  ENCRYPTION_KEY: hex(),
  OPERATIONS_TOKEN: hex(),
});
/** Of migrate, api and worker. */
const composeEnvironments = () => productServices.map((name) => compose().services[name]?.environment ?? {});

describe('files of the deployment', () => {
  it('are well-formed YAML and JSON', () => {
    const files = globSync(['deploy/**/*.yaml', 'deploy/**/*.yml']);
    const broken = files.filter((file) =>
      parseAllDocuments(readFileSync(file, 'utf8'), { merge: true }).some(({ errors }) => errors.length > 0),
    );
    expect(files.length).toBeGreaterThan(8);
    expect(broken).toEqual([]);
    for (const file of globSync('deploy/**/*.json')) JSON.parse(readFileSync(file, 'utf8'));
  });

  it('mount files that exist', () => {
    const mounted = Object.values(compose().services)
      .flatMap(({ volumes }) => volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => source.startsWith('./') && source !== './nginx/certificates');
    expect(mounted.filter((source) => globSync(`deploy/${source}`).length === 0)).toEqual([]);
  });

  it('let Node keep memory as the local stack and the benches do', () => {
    const inOptions = nodeArguments.filter((one) => process.allowedNodeEnvironmentFlags.has(one.replace(/=.*/, '')));
    const onCommandLine = nodeArguments.filter((one) => !inOptions.includes(one));
    const given = [
      ...globSync('deploy/systemd/antre-{api@,worker}.service').map((file) => ({
        file,
        words: nodeArguments.join(' '),
      })),
      { file: 'deploy/Dockerfile', words: `NODE_OPTIONS="--enable-source-maps ${inOptions.join(' ')}"` },
      { file: 'deploy/Dockerfile', words: JSON.stringify(['node', ...onCommandLine, 'api.mjs']).replaceAll(',', ', ') },
      { file: 'deploy/compose.yaml', words: `command: [node, ${onCommandLine.join(', ')}, worker.mjs]` },
      { file: 'deploy/kubernetes/base/api.yaml', words: `command: [node, ${onCommandLine.join(', ')}, api.mjs]` },
      { file: 'deploy/kubernetes/base/worker.yaml', words: `command: [node, ${onCommandLine.join(', ')}, worker.mjs]` },
    ];
    expect(onCommandLine).not.toEqual([]);
    expect(given).toHaveLength(7);
    expect(given.filter(({ file, words }) => !readFileSync(file, 'utf8').includes(words))).toEqual([]);
  });

  it('start only programs that npm run build makes', () => {
    const built = readFileSync('deploy/local/build.ts', 'utf8');
    const started = [
      ...globSync([
        'deploy/compose.yaml',
        'deploy/Dockerfile',
        'deploy/kubernetes/base/*.yaml',
        'deploy/systemd/*.service',
      ]),
    ].flatMap((file) => readFileSync(file, 'utf8').match(/[\w/-]+\.mjs/g) ?? []);
    expect(new Set(started)).toEqual(
      new Set(['api.mjs', 'worker.mjs', 'drizzle/migrate.mjs', 'pgbouncer-exporter.mjs']),
    );
    for (const program of started) expect(built).toContain(`'${program}'`);
  });
});

describe('variables of the deployment', () => {
  it('are all listed in env.example, and nothing else is', () => {
    expect(new Set(variablesOf('deploy/env.example'))).toEqual(known);
  });

  it("give the owner's address to the migration alone, and the migration nothing else", () => {
    const owner = ['DATABASE_DIRECT_URL'];
    expect(variablesOf('deploy/migrate.env.example')).toEqual(owner);
    const [migrate, ...others] = productServices.map((name) => compose().services[name]);
    expect([Object.keys(migrate?.environment ?? {}), migrate?.env_file]).toEqual([owner, []]);
    for (const service of others) expect(service?.environment).not.toHaveProperty(owner);
    const secret = (name: string) =>
      kubernetesObjects().find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name)?.['stringData'];
    expect(Object.keys(secret('antre-migrate') as Environment)).toEqual(owner);
    expect(secret('antre')).not.toHaveProperty(owner);
    const users = (file: string) =>
      [...readFileSync(file, 'utf8').matchAll(/secretRef: \{ name: ([\w-]+) \}/g)].map(([, name]) => name);
    expect(globSync('deploy/kubernetes/base/{api,worker,migrate}.yaml').toSorted().map(users)).toEqual([
      ['antre'],
      ['antre-migrate'],
      ['antre'],
    ]);
    const units = globSync('deploy/systemd/*.service').filter((file) =>
      readFileSync(file, 'utf8').includes('migrate.env'),
    );
    expect(units).toEqual(['deploy/systemd/antre-migrate.service']);
    expect(readFileSync('deploy/pgbouncer/entrypoint.sh', 'utf8')).not.toContain('antre_owner');
  });

  it('let helper processes run below the service, and finish their work when it stops, where systemd starts it', () => {
    for (const unit of ['deploy/systemd/antre-api@.service', 'deploy/systemd/antre-worker.service']) {
      const text = readFileSync(unit, 'utf8');
      expect([...text.matchAll(/^SystemCallFilter=(.+)$/gm)].map(([, calls]) => calls)).toEqual([
        '@system-service',
        '~@privileged @resources',
        'setpriority sched_setscheduler sched_setattr',
      ]);
      expect(text).toContain('\nKillMode=mixed\n');
    }
  });

  it('never let systemd give up a program that it restarts: Postgres may be away for longer than five starts', () => {
    const restarted = globSync(['deploy/systemd/*.service', 'deploy/vps/drop-ins/*.conf']).filter((file) =>
      /^Restart=/m.test(readFileSync(file, 'utf8')),
    );
    expect(restarted.length).toBeGreaterThanOrEqual(6);
    const limited = restarted.filter(
      (file) => !/\[Unit\][^[]*^StartLimitIntervalSec=0$/m.test(readFileSync(file, 'utf8')),
    );
    expect(limited).toEqual([]);
  });

  it('are all known to the service', () => {
    const set = {
      compose: composeEnvironments()
        .slice(1)
        .flatMap((environment) => Object.keys(environment)),
      kubernetes: Object.keys(kubernetesEnvironment()),
      systemd: systemdVariables(),
    };
    for (const [where, names] of Object.entries(set)) {
      expect([where, names.filter((name) => !known.has(name))]).toEqual([where, []]);
      expect(names.length).toBeGreaterThan(0);
    }
  });

  it('let production start on Kubernetes, with the secret filled in', () => {
    const filled = { ...kubernetesEnvironment(), ...secrets() };
    expect(loadConfig(filled)).toMatchObject({ ENV: 'production', OPERATIONS_HOST: '0.0.0.0', DATABASE_PREPARE: true });
  });

  it('let production start with compose, with the file filled in', () => {
    for (const environment of composeEnvironments().slice(1)) {
      const resolved = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{[A-Z_]+:\?\}/g, 'a1b2')]),
      );
      const file: Environment = {
        ...secrets(),
        PUBLIC_URL: 'https://tickets.example.com',
        SMTP_URL: 'smtps://mail.example.com',
        MAIL_FROM: 'tickets@tickets.example.com',
      };
      expect(loadConfig({ ...file, ...resolved })).toMatchObject({ ENV: 'production', DATABASE_PREPARE: true });
    }
  });

  it('never carry a secret in what is committed', () => {
    const secretNames =
      /^(JWT_SECRET|ORDER_TOKEN_SECRET|QUEUE_TOKEN_SECRET|HASH_SECRET|ENCRYPTION_KEY|OPERATIONS_TOKEN)$/;
    const values = Object.entries(kubernetesEnvironment()).filter(([name]) => secretNames.test(name));
    expect(values.map(([, value]) => value)).toEqual(values.map(() => 'RANDOM'));
    expect(
      composeEnvironments()
        .flatMap((environment) => Object.keys(environment))
        .filter((name) => secretNames.test(name)),
    ).toEqual([]);
  });
});

describe('settings of the servers', () => {
  const setting = (file: string, name: string) =>
    new RegExp(`^${name}\\s*=?\\s*(.+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  const countsConnections = () =>
    Number(
      /^host=postgres port=5432 dbname=antre pool_size=(\d+) max_db_connections=\1$/.exec(
        setting('deploy/pgbouncer/pgbouncer.ini', 'antre_counts') ?? '',
      )?.[1],
    );

  it('let the queue never evict and keep its jobs, and the cache evict', () => {
    expect(setting('deploy/redis/queue.conf', 'maxmemory-policy')).toBe('noeviction');
    expect(setting('deploy/redis/queue.conf', 'appendonly')).toBe('yes');
    expect(setting('deploy/redis/cache.conf', 'maxmemory-policy')).toBe('allkeys-lru');
  });

  it('leave room for all connections: of processes to PgBouncer, of PgBouncer to Postgres', () => {
    const pgbouncer = (name: string) => Number(setting('deploy/pgbouncer/pgbouncer.ini', name));
    const { DATABASE_POOL_SIZE, DATABASE_WRITE_POOL_SIZE } = kubernetesEnvironment();
    const scaler = kubernetesObjects().find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.['spec'] as {
      maxReplicas: number;
    };
    const perProcess = Number(DATABASE_POOL_SIZE) + Number(DATABASE_WRITE_POOL_SIZE);
    expect(scaler.maxReplicas * perProcess).toBeLessThan(pgbouncer('max_client_conn'));
    expect(pgbouncer('max_db_connections') + countsConnections()).toBeLessThan(
      Number(setting('deploy/postgres/postgresql.conf', 'max_connections')) / 2,
    );
    expect(setting('deploy/pgbouncer/pgbouncer.ini', 'pool_mode')).toBe('transaction');
  });

  it('let counts of whole events use a few connections of their own, over all processes, in every deployment', () => {
    expect(countsConnections()).toBeLessThanOrEqual(
      Number(setting('deploy/pgbouncer/pgbouncer.ini', 'default_pool_size')) / 4,
    );
    const install = readFileSync('deploy/vps/install', 'utf8');
    const ofInstall = (name: string) => new RegExp(`set_variable \\$environment ${name} "(.+)"`).exec(install)?.[1];
    const pairs = [
      ...composeEnvironments().slice(1),
      kubernetesEnvironment(),
      { DATABASE_URL: ofInstall('DATABASE_URL'), DATABASE_COUNTS_URL: ofInstall('DATABASE_COUNTS_URL') },
    ].map(({ DATABASE_URL, DATABASE_COUNTS_URL }) => [DATABASE_COUNTS_URL, `${DATABASE_URL}_counts`]);
    expect(pairs).toHaveLength(4);
    for (const [given, wanted] of pairs) expect(given).toBe(wanted);
    // The name is an entry of the file, and each of its hosts is changed where Postgres is on the same machine.
    const ofVps = readFileSync('deploy/vps/install-data.sh', 'utf8');
    expect(ofVps).toContain('s/host=postgres port=5432/host=127.0.0.1 port=5432/');
  });

  it('never lose acknowledged writes', () => {
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      expect([name, setting('deploy/postgres/postgresql.conf', name)]).toEqual([name, 'on']);
    }
  });
});
