import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Audit, advisoryFaults } from '../../deploy/local/supply-chain/advisories.ts';
import { isAllowed, licenceFaults } from '../../deploy/local/supply-chain/licences.ts';
import { lockFaults, readLockfile } from '../../deploy/local/supply-chain/lockfile.ts';

/** Guards the package checks of `npm run check`, and that npm refuses packages that are malicious or were replaced. */

describe('the lockfile', () => {
  const lockfile = readLockfile('package-lock.json');

  test('has a hash for every package, and delivers none without a licence that is allowed', () => {
    expect(Object.keys(lockfile).length).toBeGreaterThan(300);
    expect(lockFaults(lockfile)).toEqual([]);
    expect(licenceFaults(lockfile, '.')).toEqual([]);
  });

  test('is refused with a package without a hash, with a weak one, or from elsewhere', () => {
    const faults = lockFaults({
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a/node_modules/@b/c': { version: '1.0.0', integrity: 'sha1-abc' },
      'node_modules/d': { version: '1.0.0', integrity: 'sha512-x', resolved: 'git+ssh://git@example.com/d.git' },
      'node_modules/e': { link: true },
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['a 1.0.0', '@b/c 1.0.0', 'd 1.0.0', 'e']);
  });
});

describe('a licence', () => {
  test.each(['MIT', '(MIT AND Zlib)', 'GPL-3.0-only OR MIT', 'Apache-2.0'])('%s is allowed', (licence) => {
    expect(isAllowed('some-package', licence)).toBe(true);
  });

  test.each(['GPL-3.0-only', 'MIT AND AGPL-3.0-only', 'none', 'SEE LICENSE IN LICENSE', '(MIT OR (A AND B))', 'mit'])(
    '%s is not',
    (licence) => {
      expect(isAllowed('some-package', licence)).toBe(false);
    },
  );

  test('that is an exception for one package counts for that package alone', () => {
    const licence = 'Apache-2.0 AND LGPL-3.0-or-later';
    expect([isAllowed('@img/sharp-win32-x64', licence), isAllowed('other', licence)]).toEqual([true, false]);
  });
});

describe('an advisory', () => {
  const audit: Audit = {
    vulnerabilities: {
      inner: {
        name: 'inner',
        via: [
          {
            name: 'inner',
            title: 'It reads too far',
            url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
            severity: 'high',
            range: '<2.0.1',
          },
        ],
        fixAvailable: { name: 'outer', version: '3.0.0' },
      },
      outer: { name: 'outer', via: ['inner'], fixAvailable: { name: 'outer', version: '3.0.0' } },
    },
  };
  const accepted = [{ advisory: 'GHSA-aaaa-bbbb-cccc', reason: 'never given such input', until: '2027-01-31' }];

  test('is named with its package and with what to do', () => {
    expect(advisoryFaults(audit, [], '2027-01-01')).toEqual([
      'inner <2.0.1: high, It reads too far (https://github.com/advisories/GHSA-aaaa-bbbb-cccc); run npm install --save-exact outer@3.0.0',
    ]);
  });

  test('is accepted until its last day', () => {
    expect(advisoryFaults(audit, accepted, '2027-01-31')).toEqual([]);
    expect(advisoryFaults(audit, accepted, '2027-02-01')).toHaveLength(1);
  });

  test('that no package has any more does not stay accepted', () => {
    expect(advisoryFaults({ vulnerabilities: {} }, accepted, '2027-01-01')).toHaveLength(1);
  });
});

describe('npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'antre-packages-'));
  const [project, attacker] = [join(folder, 'project'), join(folder, 'attacker')];
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  // The settings of the npm that runs these tests must not apply to the npm under test.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', [...args, '--offline', '--cache', join(folder, 'cache')], { cwd, env, stdio: 'pipe' });
  const hasRun = () => existsSync(join(folder, 'has-run'));
  const install = () => {
    rmSync(join(project, 'node_modules'), { recursive: true, force: true });
    npm(project, 'ci');
  };

  test('runs no script of a package while it installs; control: without our settings it does', () => {
    for (const one of [project, attacker]) mkdirSync(one);
    const postinstall = `node -e "require('fs').writeFileSync(process.env.INIT_CWD + '/../has-run', '')"`;
    const manifest = { name: 'attacker', version: '1.0.0', scripts: { postinstall } };
    writeFileSync(join(attacker, 'package.json'), JSON.stringify(manifest));
    npm(attacker, 'pack');
    const dependencies = { attacker: 'file:../attacker/attacker-1.0.0.tgz' };
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', dependencies }));
    copyFileSync('.npmrc', join(project, '.npmrc'));
    npm(project, 'install', '--package-lock-only');
    install();
    expect([existsSync(join(project, 'node_modules/attacker')), hasRun()]).toEqual([true, false]);
    rmSync(join(project, '.npmrc'));
    install();
    expect(hasRun()).toBe(true);
  });

  test('installs no package that differs from the lockfile by one byte', () => {
    const lockfile = join(project, 'package-lock.json');
    const text = readFileSync(lockfile, 'utf8');
    writeFileSync(
      lockfile,
      text.replace(/(?<="sha512-)./, (letter) => (letter === 'A' ? 'B' : 'A')),
    );
    expect(install).toThrow(/EINTEGRITY/);
  });
});
