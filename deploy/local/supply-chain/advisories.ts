import { execFile } from 'node:child_process';

/** An advisory that does not affect this product, with a date to review it. */
export type Accepted = {
  /** Such as GHSA-xxxx-xxxx-xxxx. */
  readonly advisory: string;
  readonly reason: string;
  /** The last day, such as 2027-01-31. */
  readonly until: string;
};

export const acceptedAdvisories: readonly Accepted[] = [];

type Advisory = {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly range: string;
};
type Vulnerability = {
  readonly name: string;
  readonly via: readonly (string | Advisory)[];
  readonly fixAvailable: boolean | { readonly name: string; readonly version: string };
};
/** What `npm audit --json` prints. Without `vulnerabilities` no registry answered. */
export type Audit = { readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>; readonly message?: string };

/** Most that `npm run check` waits for a registry. */
const deadlineMs = 4000;

/** Asks the registry for advisories on production packages. An answer that is late or no JSON is one without `vulnerabilities`. */
export function askForAdvisories(repository: string): Promise<Audit> {
  const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', `--fetch-timeout=${deadlineMs}`];
  return new Promise((resolve) => {
    // npm ends with 1 when it found something.
    execFile('npm', args, { cwd: repository, timeout: deadlineMs, maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => {
      if (error?.killed === true) resolve({ message: `no answer within ${deadlineMs / 1000} s` });
      else resolve(parse(stdout));
    });
  });
}

function parse(text: string): Audit {
  try {
    return JSON.parse(text) as Audit;
  } catch {
    return { message: 'npm gave no answer that can be read' };
  }
}

/**
 * @param today as 2027-01-31
 * @returns each advisory that is not accepted, and each acceptance that is no longer needed
 */
export function advisoryFaults(audit: Audit, accepted: readonly Accepted[], today: string): string[] {
  const found = Object.values(audit.vulnerabilities ?? {}).flatMap(({ via, fixAvailable }) =>
    via.flatMap((one) => (typeof one === 'string' ? [] : [{ ...one, fixAvailable, id: idOf(one) }])),
  );
  const standing = found.filter(({ id }) => !accepted.some(({ advisory, until }) => advisory === id && today <= until));
  const idle = accepted.filter(({ advisory }) => found.every(({ id }) => id !== advisory));
  return [
    ...standing.map(
      ({ id, name, range, severity, title, url, fixAvailable }) =>
        `${name} ${range}: ${severity}, ${title} (${url || id}); ${remedy(name, fixAvailable)}`,
    ),
    ...idle.map(({ advisory }) => `${advisory}: is accepted, and nothing has it any more; remove it from the list`),
  ];
}

const idOf = ({ url }: Advisory): string => url.split('/').at(-1) ?? '';

function remedy(name: string, fix: Vulnerability['fixAvailable']): string {
  if (fix === false) return 'there is no fixed version: replace it, or accept it with a reason and an end';
  const wanted = fix === true ? `npm update ${name}` : `npm install --save-exact ${fix.name}@${fix.version}`;
  return `run ${wanted}`;
}
