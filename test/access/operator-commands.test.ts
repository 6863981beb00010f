import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stop } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder } from '../../deploy/local/places.ts';
import { bundleProgram } from '../../deploy/local/stack/bundle.ts';
import { type AccessWorld, openAccessWorld, signIn, testPassword, tokenOf } from '../../testkit/access/access-world.ts';

/**
 * Guards the operators' commands: an organiser in one line, a clear sentence for every mistake, never a stack. Each command runs from its
 * source at least once, and otherwise from its bundle, which starts in a third of the time.
 */

const sources = {
  createOrganizer: 'src/cli/create-organizer.ts',
  createStaffLink: 'src/cli/create-staff-link.ts',
  switches: 'src/cli/switches.ts',
  deadLetters: 'workers/dead-letters.ts',
  audit: 'loadtest/audit.ts',
} as const;
/** Inside the clone, because the bundles import some packages from `node_modules`. */
const folder = join(dataFolder, `build/commands-test-${process.pid}`);
const bundleOf = (source: string) => join(folder, `${basename(source, '.ts')}.mjs`);

describe('operator commands', () => {
  let world: AccessWorld;

  beforeAll(async () => {
    world = await openAccessWorld();
    await Promise.all(Object.values(sources).map((entry) => bundleProgram({ entry, file: bundleOf(entry) })));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await stop();
    await world?.close();
  });

  type Said = { code: number; stdout: string; stderr: string };
  const run = (script: string, args: readonly string[], environment: Record<string, string> = {}) =>
    new Promise<Said>((resolve) => {
      const env = {
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        DATABASE_URL: world.database.url,
        REDIS_CACHE_URL: 'redis://127.0.0.1:1',
        REDIS_QUEUE_URL: 'redis://127.0.0.1:2',
        JWT_SECRET: world.deps.config.JWT_SECRET,
        HASH_SECRET: world.deps.config.HASH_SECRET,
        ORDER_TOKEN_SECRET: 'test-only-order-token-secret-0123456789',
        QUEUE_TOKEN_SECRET: 'test-only-queue-token-secret-0123456789',
        ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
        ...environment,
      };
      const child = execFile(
        process.execPath,
        [...process.execArgv, script, ...args],
        { env, timeout: 60_000 },
        (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  const create = ['--slug', 'senja-live', '--name', 'Senja Live', '--owner-email', 'Owner@Senja.test'];

  it('create an organiser, from the bundle too, and its owner signs in by the printed link', async () => {
    const bundled = await run(bundleOf(sources.createOrganizer), create);
    expect(bundled).toMatchObject({ code: 0, stderr: '' });
    const link = bundled.stdout.trim().split('\n').at(-1) ?? '';
    const body = { token: tokenOf(link), name: 'Owner', password: testPassword };
    expect((await world.request('POST', '/v1/invitations/acceptance', { body })).status).toBe(204);
    await signIn(world, 'owner@senja.test');
  });

  it('say in one line what is taken, missing, wrong or unreachable', async () => {
    const said = async (
      args: readonly string[],
      environment?: Record<string, string>,
      script = bundleOf(sources.createOrganizer),
    ) => {
      const { code, stdout, stderr } = await run(script, args, environment);
      expect(stdout).toBe('');
      expect(stderr).not.toMatch(/\n\s+at /);
      return [code, stderr];
    };
    expect(await said(create, {}, sources.createOrganizer)).toEqual([
      1,
      'create-organizer: The organiser "senja-live" already exists.\n',
    ]);
    const other = create.with(1, 'senja-other');
    expect(await said(other)).toEqual([
      1,
      'create-organizer: This address already signs in, here or for another organiser; use another one.\n',
    ]);
    const wrong = await said(['--slug', 'S', '--name', 'x']);
    expect(wrong[0]).toBe(2);
    expect(wrong[1]).toMatch(/slug: must be 3 to 48[^]*ownerEmail: [^]*usage: create-organizer/);
    expect(await said(['--nothing'])).toEqual([
      2,
      expect.stringMatching(/Unknown option '--nothing'[^]*usage: create-organizer/),
    ]);
    expect(await said(create, { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/none' })).toEqual([
      1,
      expect.stringContaining('the database does not answer'),
    ]);
    expect(await said(create, { JWT_SECRET: 'short' })).toEqual([1, expect.stringContaining('JWT_SECRET: must have')]);
    const help = await run(bundleOf(sources.createOrganizer), ['--help'], { DATABASE_URL: '' });
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^usage: create-organizer/), stderr: '' });
  });

  it('say what to do about a database that is empty, of another name, or closed to this user', async () => {
    const { directUrl } = world.database;
    const postgresOf = (database: string, user?: string) => {
      const url = new URL(directUrl);
      url.pathname = `/${database}`;
      if (user !== undefined) [url.username, url.password] = [user, 'wrong'];
      return url.href;
    };
    const advice = [
      [postgresOf('postgres'), 'migrate it first (npm run migrate)'],
      [postgresOf('no_such_database'), 'there is no such database'],
      [postgresOf('postgres', 'nobody'), 'refuses this user'],
    ] as const;
    for (const [place, [DATABASE_URL, sentence]] of advice.entries()) {
      for (const [source, ...args] of [
        [sources.createOrganizer, ...create],
        [sources.createStaffLink, '--email', 'owner@senja.test'],
        [sources.switches],
        [sources.deadLetters, 'list'],
        [sources.audit],
      ] as const) {
        const script = place === 0 ? source : bundleOf(source);
        const { code, stdout, stderr } = await run(script, args, { DATABASE_URL });
        expect([script, code === 0, stdout]).toEqual([script, false, '']);
        expect(stderr).toContain(sentence);
        expect(stderr.trim().split('\n')).toHaveLength(1);
      }
    }
  });

  it('make a new link for a member whose mail does not arrive', async () => {
    const known = await run(sources.createStaffLink, ['--email', 'owner@senja.test']);
    expect(known.stdout).toMatch(
      /^password_reset link, until .*\nhttp:\/\/localhost:3000\/desk\/password-reset#token=tok_/,
    );
    const token = tokenOf(known.stdout.trim().split('\n').at(-1) ?? '');
    const body = { token, password: 'sandi baru yang panjang' };
    expect((await world.request('POST', '/v1/password-resets/confirmation', { body })).status).toBe(204);
    const unknown = await run(bundleOf(sources.createStaffLink), ['--email', 'nobody@senja.test']);
    expect(unknown).toMatchObject({ code: 1, stderr: 'create-staff-link: There is no such staff member.\n' });
  });

  it('turn a switch, list active switches, and name the fault of a bad command', async () => {
    const switches = (...args: string[]) => run(bundleOf(sources.switches), args);
    const said = await run(sources.switches, [
      'close_sales',
      '--on',
      '--reason',
      'stock counter is wrong',
      '--by',
      'ayu',
    ]);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toMatch(/^ON {3}close_sales .*\n +all events, by ayu at \S+: stock counter is wrong$/m);
    expect((await switches()).stdout).toContain('ON   close_sales');
    const off = await switches('close_sales', '--off', '--reason', 'mended', '--by', 'ayu');
    expect(off.stdout).toContain('off  close_sales');
    expect(await switches('close_sales', '--on')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--reason: .*usage/s),
    });
    expect(await switches('close_sales', '--reason', 'why')).toMatchObject({ code: 2 });
    // Without its name nothing was turned, and a list would look as if it had been.
    expect(await switches('--on', '--reason', 'why')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('name the switch'),
    });
    const unknown = await switches('close_sales', '--on', '--reason', 'why', '--event', 'nobody-knows-it');
    expect(unknown).toMatchObject({ code: 1, stderr: 'switches: There is no event with this slug or id.\n' });
  });
});
