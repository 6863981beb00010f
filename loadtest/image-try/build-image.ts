import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { signalIfAlive } from '../../deploy/local/host/process-identity.ts';
import { type FoundProgram, findSystemProgram } from '../../deploy/local/binaries/find-system-program.ts';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { familyOf } from '../bench/harness/pinning.ts';
import { say } from '../bench/harness/stack.ts';

/** The image of `deploy/Dockerfile`, as files. */
export type Image = {
  /** The folder with its root file system. */
  readonly root: string;
  readonly user: string;
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly healthcheck: readonly string[];
};

export type ImageBuilder = {
  /** A Debian with Node and npm, in place of the image from Docker's registry. */
  makeBase(): Promise<void>;
  build(): Promise<Image>;
  /** Ends running processes, and deletes everything that it made. */
  close(): Promise<void>;
};

const suite = 'trixie';
const deadlineMs = 900_000;
const baseName = 'localhost/antre-node';
const imageName = 'localhost/antre';
const outputMax = 64 * 1024 ** 2;

/** @param folder for all files; must not exist */
export async function openImageBuilder(folder: string): Promise<ImageBuilder> {
  const [bootstrap, buildah] = await Promise.all(
    (['mmdebstrap', 'buildah'] as const).map((name) =>
      findSystemProgram({ name, debianPackage: name, otherwise: 'build with Docker' }, undefined, say),
    ),
  );
  if (bootstrap === undefined || buildah === undefined) throw new Error('programs are missing');
  const base = join(folder, 'base');
  mkdirSync(base, { recursive: true });
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, '{ "default": [{ "type": "insecureAcceptAnything" }] }');
  // Neither a daemon nor overlay file systems are needed: each layer is a folder.
  const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  let running: ChildProcess | undefined;
  const onStart = (child: ChildProcess) => void (running = child);
  const builder = withOwnLibraries(buildah, folder);
  const act = (...args: readonly string[]) => run(builder, [...builder.before, ...store, ...args], onStart);
  const buildFrom = [
    'bud',
    '--isolation',
    'chroot',
    '--format',
    'docker',
    '--layers=false',
    '--signature-policy',
    policy,
  ];
  let container = '';
  return {
    makeBase: async () => {
      const parameters = ['--variant=minbase', '--include=ca-certificates', suite, join(base, 'debian.tar')];
      await run(bootstrap, parameters, onStart);
      copyFileSync(realpathSync(process.execPath), join(base, 'node'));
      const packages = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
      cpSync(join(packages, 'npm'), join(base, 'npm'), { recursive: true });
      const authorities = process.env['NODE_EXTRA_CA_CERTS'];
      if (authorities !== undefined) copyFileSync(authorities, join(base, 'authorities.pem'));
      writeFileSync(join(base, 'Dockerfile'), baseFile(authorities !== undefined));
      await act(...buildFrom, '--tag', baseName, '--file', join(base, 'Dockerfile'), base);
    },
    build: async () => {
      const ignore = join(repositoryFolder, 'deploy/Dockerfile.dockerignore');
      const file = join(repositoryFolder, 'deploy/Dockerfile');
      const given = ['--build-arg', `NODE_IMAGE=${baseName}`, '--ignorefile', ignore, '--file', file];
      await act(...buildFrom, ...given, '--tag', imageName, repositoryFolder);
      container = (await act('from', '--signature-policy', policy, imageName)).trim();
      const root = (await act('mount', container)).trim();
      const { Docker } = JSON.parse(await act('inspect', '--type', 'image', imageName)) as Inspected;
      const { User: user, Cmd: command, Env: environment, Healthcheck } = Docker.config;
      return { root, user, command, environment, healthcheck: Healthcheck.Test.slice(1) };
    },
    close: async () => {
      if (running?.exitCode === null && running.signalCode === null) {
        const ended = once(running, 'exit');
        for (const pid of familyOf(running.pid ?? 0)) signalIfAlive(pid, 'SIGKILL');
        await ended;
      }
      if (container !== '')
        execFileSync(builder.command, [...builder.before, ...store, 'umount', container], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A buildah that was unpacked and not installed finds its libraries by a variable, which it does not give to the copies of itself that it
 * starts. It therefore runs where the system's list of libraries has them, too: in a mount namespace of its own, so that nothing outside
 * changes.
 */
function withOwnLibraries(
  buildah: FoundProgram,
  folder: string,
): FoundProgram & { readonly before: readonly string[] } {
  const places = buildah.environment['LD_LIBRARY_PATH'];
  if (places === undefined) return { ...buildah, before: [] };
  const [list, cache] = [join(folder, 'ld.so.conf'), join(folder, 'ld.so.cache')];
  writeFileSync(list, `${places.replaceAll(delimiter, '\n')}\ninclude /etc/ld.so.conf\n`);
  execFileSync('/sbin/ldconfig', ['-X', '-f', list, '-C', cache], { stdio: 'ignore' });
  const script = 'mount --bind "$0" /etc/ld.so.cache && exec "$@"';
  return { ...buildah, command: 'unshare', before: ['--mount', 'sh', '-c', script, cache, buildah.command] };
}

type Inspected = {
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly Cmd: readonly string[];
      readonly Env: readonly string[];
      readonly Healthcheck: { readonly Test: readonly string[] };
    };
  };
};

function baseFile(hasAuthorities: boolean): string {
  return [
    'FROM scratch',
    'ADD debian.tar /',
    'COPY node /usr/local/bin/node',
    'COPY npm /usr/local/lib/node_modules/npm',
    ...(hasAuthorities
      ? ['COPY authorities.pem /usr/local/share/', 'ENV NODE_EXTRA_CA_CERTS=/usr/local/share/authorities.pem']
      : []),
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\',
    '  && groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node',
  ].join('\n');
}

/**
 * @returns its output
 * @throws Error with the end of its output, if it fails
 */
async function run(
  { command, environment }: FoundProgram,
  parameters: readonly string[],
  onStart: (child: ChildProcess) => void,
): Promise<string> {
  try {
    const limits = { env: environment, timeout: deadlineMs, maxBuffer: outputMax };
    const asked = promisify(execFile)(command, [...parameters], limits);
    onStart(asked.child);
    return (await asked).stdout;
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-25).join('\n');
    throw new Error(`${command} failed:\n${said}`, { cause: error });
  }
}
