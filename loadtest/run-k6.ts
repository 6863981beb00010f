import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { repositoryFolder } from '../deploy/local/places.ts';
import { K6Missing, findK6 } from './find-k6.ts';
import { stackEnvironment } from './running-stack.ts';
import { runSurge, thresholdCode } from './surge-k6.ts';

/**
 * `npm run loadtest [-- --rate 50 --duration 1m]`: runs `loadtest/k6/journey.ts` against the running stack, waits until
 * the worker has nothing left to do, then audits. Fails if the run or the audit fails. With `--profile surge` it runs
 * `loadtest/k6/surge.ts` at the highest rate that k6 leaves room for. See `loadtest/README.md`.
 */
const usage = `npm run loadtest -- [options]
  --profile <name>    journey, or surge: the mix of a million active users, at the highest rate that k6 leaves room for (journey)
  --rate <n>          iterations begun per second, over all scenarios (10); of surge: requests of the mix per second (found by steps)
  --duration <30s>    how long that rate is held
  --ramp <5s>         how long it takes to get there
  --scenarios <list>  of browse, checkout, door (all)
  --networks <n>      client networks to seem to come from (1); for a stack started by TRUSTED_PROXIES=127.0.0.1 npm start
  --pay-after <300>   milliseconds until a buyer pays
  --api, --sandbox    addresses, when not of the local stack
  --no-audit          leave the audit out`;

const known = {
  profile: { type: 'string', default: 'journey' },
  rate: { type: 'string' },
  duration: { type: 'string', default: '30s' },
  ramp: { type: 'string', default: '5s' },
  scenarios: { type: 'string', default: 'browse,checkout,door' },
  networks: { type: 'string', default: '1' },
  'pay-after': { type: 'string', default: '300' },
  api: { type: 'string' },
  sandbox: { type: 'string' },
  audit: { type: 'boolean', default: true },
  help: { type: 'boolean', default: false },
} as const;

const rateDefault = '10';
const probeDeadlineMs = 3000;
const settleDeadlineMs = 120_000;
const settlePollMs = 1000;
/** The allowance of one network by default, and the cost of a checkout: see src/config.ts. */
const rateOfOneNetworkMax = 40;

class RunProblem extends Error {}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
  const { values } = parseArgs({ options: known, allowNegative: true });
  if (values.help) {
    say(usage);
    return 0;
  }
  if (values.profile !== 'journey' && values.profile !== 'surge')
    throw new RunProblem(`There is no profile "${values.profile}".\n${usage}`);
  const isSurge = values.profile === 'surge';
  const stack = stackEnvironment();
  // The mix goes through the edge if there is one. The address is a number, because k6 would try ::1 for localhost
  // first.
  const own = isSurge ? stack['PUBLIC_URL'] : stack['API_URL'];
  const api = values.api ?? own?.replace('//localhost', '//127.0.0.1') ?? 'http://127.0.0.1:3000';
  const sandbox = values.sandbox ?? stack['SANDBOX_URL'] ?? 'http://127.0.0.1:4000';
  await requireAnswer(`${api}/v1/events`, 'the API');
  await requireAnswer(`${sandbox}/healthz`, 'the sandbox');
  const rate = values.rate ?? rateDefault;
  if (!isSurge && values.networks === '1' && Number(rate) > rateOfOneNetworkMax) {
    say(
      `note: ${rate}/s from one network meets its limits (429). For more than ${rateOfOneNetworkMax}/s start the stack by\n` +
        '      TRUSTED_PROXIES=127.0.0.1 npm start    and add --networks 2000',
    );
  }
  const k6 = await findK6(say);
  const settings = {
    API: api,
    SANDBOX: sandbox,
    DURATION: values.duration,
    RAMP: values.ramp,
    SCENARIOS: values.scenarios,
    NETWORKS: values.networks,
    PAY_AFTER_MS: values['pay-after'],
  };
  const script = (name: string, more: Readonly<Record<string, string>>, ...words: readonly string[]) => [
    'run',
    '--quiet',
    ...words,
    ...Object.entries({ ...settings, ...more }).flatMap(([variable, value]) => ['-e', `${variable}=${value}`]),
    `loadtest/k6/${name}.ts`,
  ];
  const ran = isSurge
    ? await runSurge({
        say,
        rate: values.rate,
        duration: values.duration,
        run: (more, words, onStart) => run(k6, script('surge', more, ...words), onStart),
      })
    : await run(k6, script('journey', { RATE: rate }));
  if (ran !== 0) say(ran === thresholdCode ? '\nthe run broke a threshold; see above' : `\nk6 ended with ${ran}`);
  if (!values.audit) return ran;
  await settle(process.env['WORKER_OPERATIONS_PORT'] ?? stack['WORKER_OPERATIONS_PORT'] ?? '9150');
  say('\nthe audit');
  const audited = await run(process.execPath, ['loadtest/audit.ts']);
  return ran === 0 ? audited : ran;
}

async function requireAnswer(url: string, who: string): Promise<void> {
  const reply = await fetch(url, { signal: AbortSignal.timeout(probeDeadlineMs) }).catch(() => undefined);
  await reply?.body?.cancel();
  if (reply?.ok === true) return;
  throw new RunProblem(
    `${who} does not answer at ${url}${reply === undefined ? '' : ` (${reply.status})`}. Start the stack: npm start`,
  );
}

/** Waits until mails are sent and callbacks applied. An audit in between would report unfinished work as a fault. */
async function settle(workerPort: string): Promise<void> {
  const giveUpAt = performance.now() + settleDeadlineMs;
  for (let said = false; performance.now() < giveUpAt; said = true) {
    const left = await unfinishedJobs(workerPort);
    if (left === undefined)
      return say('\nthe worker does not say what it has left to do; the audit does not wait for it');
    if (left === 0) return;
    if (!said) say(`\n${left} jobs are still being worked off; waiting`);
    await new Promise((resolve) => setTimeout(resolve, settlePollMs));
  }
  say('the worker still has work; the audit does not wait any longer');
}

async function unfinishedJobs(port: string): Promise<number | undefined> {
  const reply = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(probeDeadlineMs) }).catch(
    () => undefined,
  );
  if (reply?.ok !== true) return undefined;
  const jobs = /^antre_(?:outbox_due_jobs|queue_jobs\{[^}]*state="(?:waiting|active|prioritized)"[^}]*\}) (\d+)$/;
  const counts = (await reply.text()).split('\n').map((line) => Number(jobs.exec(line)?.[1] ?? 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

function run(
  program: string,
  parameters: readonly string[],
  onStart?: (pid: number | undefined) => void,
): Promise<number> {
  const running = spawn(program, parameters, { cwd: repositoryFolder, stdio: 'inherit' });
  onStart?.(running.pid);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // The terminal has already sent SIGINT to k6. A second one would cut off the summary.
    process.once(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : running.kill(signal)));
  }
  return new Promise((resolve, reject) => {
    running.once('error', reject);
    running.once('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof RunProblem || error instanceof K6Missing || isArgumentFault(error);
  process.stderr.write(`${isExpected && error instanceof Error ? error.message : String(error)}\n`);
  if (isArgumentFault(error)) process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
}

function isArgumentFault(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
