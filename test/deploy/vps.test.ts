import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { archiveFolder } from '../../deploy/vps/archive.ts';

/** Guards what `deploy/vps/install` writes. `npm run deploy:try` runs all of it on a machine. */

const place = mkdtempSync(join(tmpdir(), 'antre-vps-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs a line of shell with the functions that the scripts share. */
function shell(line: string, input = ''): string {
  const script = `set -euo pipefail; . deploy/vps/common.sh; . deploy/vps/watch-files.sh; ${line}`;
  return execFileSync('bash', ['-c', script], { input, encoding: 'utf8' });
}

describe('a file of the machine', () => {
  const file = join(place, 'settings');
  const write = (text: string, pipe: boolean) =>
    shell(
      pipe
        ? `changed=; printf '${text}' | put 600 "$(id -un)" ${file}; echo "$changed"`
        : `changed=; put 600 "$(id -un)" ${file} <<<'${text}'; echo "$changed"`,
    ).trim();

  // `changed` decides which servers restart. A change that it misses would have no effect until the next restart.
  test.each([true, false])('is known to have changed, written through a pipe (%s)', (pipe) => {
    expect([write(`one ${pipe}`, pipe), write(`one ${pipe}`, pipe), write(`two ${pipe}`, pipe)]).toEqual([
      'yes',
      'no',
      'yes',
    ]);
  });
});

describe('a release that is unpacked', () => {
  /** Packs a folder with the files that a release has, and unpacks it as version 1 of the machine. */
  const unpack = (text: string, left: string = '') => {
    const from = join(place, 'made');
    rmSync(from, { recursive: true, force: true });
    for (const folder of ['drizzle', 'bin', 'deploy/systemd']) mkdirSync(join(from, folder), { recursive: true });
    for (const name of ['api.mjs', 'worker.mjs', 'drizzle/migrate.mjs']) writeFileSync(join(from, name), text);
    writeFileSync(join(from, 'bin/node'), '#!/bin/sh\necho v24\n', { mode: 0o755 });
    if (left !== '') rmSync(join(from, left));
    archiveFolder(from, join(place, 'antre-1.tar.gz'), 1_700_000_000);
    shell(`root=${join(place, 'releases')}; mkdir -p "$root"; unpack_release ${join(place, 'antre-1.tar.gz')} 1`);
  };
  const file = join(place, 'releases/1/api.mjs');

  test('has the files of its archive, also when an archive of this version was unpacked before', () => {
    unpack('one');
    expect(readFileSync(file, 'utf8')).toBe('one');
    const first = statSync(file).ino;
    unpack('one');
    expect(statSync(file).ino).toBe(first);
    unpack('two');
    expect(readFileSync(file, 'utf8')).toBe('two');
  });

  test('leaves the files that are there if the archive is no release', () => {
    unpack('three');
    expect(() => unpack('four', 'worker.mjs')).toThrow('has no worker.mjs: it is no release');
    expect(readFileSync(file, 'utf8')).toBe('three');
  });
});

describe.each([
  ['base-backup', 'antre_backup_success_timestamp_seconds', 'no base backup was made in repository 7'],
  ['restore-check', 'antre_restore_check_success_timestamp_seconds', 'the backup cannot be restored from repository 7'],
])('%s', (script, metric, fault) => {
  /** Runs it with these settings of pgBackRest, which is not installed here. */
  const run = (settings: string) => {
    const [config, results] = [join(place, 'pgbackrest.conf'), join(place, `${script}.prom`)];
    writeFileSync(config, settings);
    const env = { ...process.env, PGBACKREST_CONFIG: config, PGBACKREST_CONFIG_INCLUDE_PATH: place };
    const { status, stderr } = spawnSync('bash', [`deploy/backup/${script}`], {
      env: { ...env, RESULTS_FILE: results, STATE_DIRECTORY: place },
      encoding: 'utf8',
    });
    return { status, stderr, told: readFileSync(results, 'utf8') };
  };

  // Otherwise the timer would end well each time, and no alert would know a repository whose age it could watch.
  test('fails, and says so in its metric, if no repository is configured', () => {
    const { status, stderr, told } = run('[global]\nprocess-max=2\n');
    expect([status, told]).toEqual([1, `${metric}{repository="none"} 0\n`]);
    expect(stderr).toContain('no repository is configured');
  });

  test('names a repository that has failed', () => {
    const { status, stderr, told } = run('[global]\nrepo7-path=/nowhere\n');
    expect([status, told]).toEqual([1, `${metric}{repository="7"} 0\n`]);
    expect(stderr).toContain(fault);
  });
});

describe('the files by which a machine is watched', () => {
  const text = (name: string) => readFileSync(`deploy/${name}`, 'utf8');
  const onLoopback = /^(?:redis:\/\/)?127\.0\.0\.1:\d+$/;

  test('name every part at its port on this machine', () => {
    type Job = {
      job_name: string;
      static_configs?: { targets: string[] }[];
      relabel_configs?: { replacement?: string }[];
    };
    const written = parse(shell('prometheus_file 3', text('prometheus/prometheus.yml'))) as {
      scrape_configs: Job[];
      alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
    };
    const targets = written.scrape_configs.flatMap(({ static_configs: groups = [] }) =>
      groups.flatMap((one) => one.targets),
    );
    const others = [
      ...written.alerting.alertmanagers.flatMap(({ static_configs: groups }) => groups.flatMap((one) => one.targets)),
      ...written.scrape_configs.flatMap(({ relabel_configs: rules = [] }) =>
        rules.flatMap(({ replacement }) => replacement ?? []),
      ),
    ];
    expect([...targets, ...others].filter((one) => !onLoopback.test(one))).toEqual([]);
    const ports = [9101, 9102, 9103, 9150, 9090, 9093, 9100, 9187, 9127];
    const redis = ['redis://127.0.0.1:6379', 'redis://127.0.0.1:6380'];
    expect(targets).toEqual([...ports.map((port) => `127.0.0.1:${port}`), ...redis]);
    // A job has one source of targets: DNS discovery elsewhere, a fixed list here.
    expect(written.scrape_configs.filter((job) => 'dns_sd_configs' in job)).toEqual([]);
  });

  test('give every port that a target has to the program that is started', () => {
    const installed = text('vps/install-watch.sh');
    for (const port of [9090, 9093, 9100, 9115, 9121, 9187])
      expect(installed).toContain(`--web.listen-address=127.0.0.1:${port}`);
    expect(installed).toContain('PORT=9127');
  });

  const probes = (smtp: string) => {
    const written = shell(`probes_file https://karcis.example '${smtp}'`, text('prometheus/probes.yml'));
    return parse(written) as { targets: string[]; labels: { part: string; module: string } }[];
  };

  test('probe the edge by its own name', () => {
    expect(probes('smtp://127.0.0.1')).toContainEqual({
      targets: ['https://karcis.example/v1/events'],
      labels: { part: 'edge', module: 'http' },
    });
  });

  test.each([
    ['smtps://a:b@mail.example', ['mail.example:465 certificate_verified']],
    ['smtp://a:b@mail.example/?requireTLS=true', ['mail.example:587 certificate_starttls']],
    ['smtp://127.0.0.1:2525', []],
  ])('probe the mail server of %s with a module of the prober', (smtp, expected) => {
    const mail = probes(smtp).filter(({ labels }) => labels.part === 'mail');
    expect(mail.map(({ targets, labels }) => `${targets.join()} ${labels.module}`)).toEqual(expected);
    const modules = Object.keys((parse(text('blackbox/blackbox.yml')) as { modules: object }).modules);
    expect(modules).toEqual(expect.arrayContaining(probes(smtp).map(({ labels }) => labels.module)));
  });

  const alertmanager = (smtp: string, whatsapp: 'yes' | 'no') => {
    writeFileSync(join(place, 'smtp'), smtp);
    const line = `alertmanager_file "$(cat ${join(place, 'smtp')})" 'antre <tickets@karcis.example>' jaga@karcis.example ${whatsapp}`;
    return parse(shell(line, text('alertmanager/alertmanager.yml'))) as {
      global: Record<string, unknown>;
      receivers: { name: string; email_configs: { to: string }[]; webhook_configs?: { url: string }[] }[];
    };
  };

  test.each<readonly [url: string, expected: Record<string, unknown>]>([
    [
      'smtps://alerts%40karcis.example:s3cret%2F@mail.example:465',
      { smtp_smarthost: 'mail.example:465', smtp_auth_username: 'alerts@karcis.example', smtp_require_tls: undefined },
    ],
    [
      'smtp://mail.example/?requireTLS=true',
      { smtp_smarthost: 'mail.example:587', smtp_auth_username: undefined, smtp_auth_password_file: undefined },
    ],
    ['smtp://127.0.0.1:2525', { smtp_smarthost: '127.0.0.1:2525', smtp_require_tls: false }],
  ])('send mails by %s', (url, expected) => {
    const { global, receivers } = alertmanager(url, 'no');
    expect({ ...global, ...expected }).toEqual(global);
    expect(global['smtp_from']).toBe('tickets@karcis.example');
    expect(receivers.flatMap(({ email_configs: mails }) => mails.map(({ to }) => to))).toEqual(
      receivers.map(() => 'jaga@karcis.example'),
    );
  });

  test('keep the password of the mail server as it is', () => {
    expect(
      shell("smtp_parts 'smtps://a:s3cret%2F%25@mail.example'; printf '%s %s' \"$smtp_password\" $smtp_port"),
    ).toBe('s3cret/% 465');
  });

  test('use WhatsApp where a sender for alerts is set, and mail alone elsewhere', () => {
    const urls = (whatsapp: 'yes' | 'no') =>
      alertmanager('smtp://127.0.0.1', whatsapp).receivers.flatMap(({ webhook_configs: hooks = [] }) =>
        hooks.map(({ url }) => url),
      );
    expect(urls('yes')).toEqual(['http://127.0.0.1:9150/alerts', 'http://127.0.0.1:9101/alerts']);
    expect(urls('no')).toEqual([]);
  });
});

test('a process that restarts hands over the connections that wait for it', () => {
  expect(readFileSync('deploy/vps/install', 'utf8')).toMatch(/^net\.ipv4\.tcp_migrate_req = 1$/m);
});
