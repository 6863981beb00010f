import { z } from 'zod';
import { mix, sentClasses } from '../bench/surge/mix.ts';
import {
  type Costs,
  coresFor,
  demandOfMix,
  demandOfWaiting,
  machineCores,
  machinesFor,
  parts,
  primaryCores,
  utilisationMax,
} from './size-machines.ts';

const rates = [5000, 50_000, 500_000];
const waiting = 1_000_000;

/** What the page needs of the results of the benches. */
export const sizingSchema = z.object({
  surge: z.object({
    at: z.string(),
    machine: z.object({ cpu: z.string(), cores: z.number(), node: z.string() }),
    facts: z.object({
      held: z.string(),
      machine: z.string(),
      cost: z.record(z.enum(sentClasses), z.record(z.string(), z.number())),
    }),
  }),
});
type Surge = z.infer<typeof sizingSchema>['surge'];

const table = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...body] = rows;
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};
const whole = (value: number) => Math.ceil(value).toLocaleString('en');
const tenth = (value: number) => (value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : whole(value));

/** `docs/measurements/sizing.md`, from the result of the bench `surge`. */
export function sizingPage({ at, machine, facts }: Surge): string {
  const costs: Costs = facts.cost;
  const demands = [
    ...rates.map((perSecond) => [`${whole(perSecond)} requests/s`, demandOfMix(perSecond)] as const),
    [`${whole(waiting)} people in a waiting room`, demandOfWaiting(waiting)] as const,
  ];
  const machinesRow = (name: string, demand: ReturnType<typeof demandOfMix>) => [
    name,
    ...Object.values(machinesFor(coresFor(costs, demand))).map(whole),
  ];
  const coresRow = (name: string, demand: ReturnType<typeof demandOfMix>) => {
    const cores = coresFor(costs, demand);
    const sum = parts.reduce((total, part) => total + cores[part], 0);
    return [name, ...parts.map((part) => tenth(cores[part])), tenth(sum)];
  };
  return `# Sizing

Computed by \`npm run sizing\` from the result of \`npm run bench -- surge\` of ${at.slice(0, 10)} on ${machine.cores} cores (${machine.cpu}), Node ${machine.node}.
The cores below are cores of that machine; run both commands on yours. That machine: ${facts.machine}. Its result: ${facts.held}.

## What a request costs

Microseconds of processor time, each class measured alone, minus the idle use of the parts. An order includes its whole way: payment
made, callback for two of three, tickets, mails. At such a moderate rate few orders share a commit; in a rush each costs less.

${table([
  ['class', ...parts],
  ...sentClasses.map((name) => [mix[name].said, ...parts.map((part) => whole(costs[name][part] ?? 0))]),
])}

## Cores for a demand

A part is planned at ${utilisationMax * 100} % use. The mix is ${Object.values(mix)
    .map(({ share, said }) => `${share * 100} % ${said}`)
    .join(', ')}.
People in a waiting room join within ten minutes and read its counter every ten seconds, from the edge.

${table([['demand', ...parts, 'all'], ...demands.map(([name, demand]) => coresRow(name, demand))])}

## Machines for a demand

Machines of ${machineCores} cores, two at least so that one may fail; PgBouncer runs beside the API. Postgres has primaries of ${primaryCores} cores, each with a standby. A Redis
server uses one core, and each role has one of its own.

${table([
  ['demand', 'nginx', 'API', 'worker', 'Postgres primaries', 'Redis servers'],
  ...demands.map(([name, demand]) => machinesRow(name, demand)),
])}

- **nginx and API** scale by machines and processes: one API process for each core. A CDN in front takes most of the public reads, and of nginx's load.
- **Workers** scale by processes, one for each core. Any number of them may be killed.
- **Postgres** is one primary: beyond the cores of one machine, events are spread over several databases. All hot rows of an event name it.
- **Redis** has one thread for each role: beyond one core, the cache role is spread over several servers by event.
`;
}
