import { type ClassName, mix } from '../../bench/surge/mix.ts';
import type { Step } from '../../bench/surge/step.ts';
import type { Latencies } from '../../generator/latencies.ts';
import { type Part, parts, utilisationMax } from '../../sizing/size-machines.ts';
import { peopleFor, requestsPerVisit } from '../opening/people.ts';

/** A rate of the ladder, and its results. */
export type TriedRate = {
  readonly step: Step;
  /** The conditions of a held rate that this one did not meet. */
  readonly missed: readonly string[];
  readonly limits: readonly string[];
};

export type PlayedOpening = {
  readonly people: number;
  readonly seconds: number;
  readonly step: Step;
  readonly limits: readonly string[];
  readonly places: number;
  readonly sold: number;
  /** Limited by unpaid orders. */
  readonly held: number;
  readonly room: PlayedRoom | undefined;
};

export type PlayedRoom = {
  readonly joined: number;
  readonly joins: Latencies;
  readonly passes: Latencies;
  readonly orders: Latencies;
  readonly statuses: Readonly<Record<string, number>>;
  readonly unexplained: number;
};

/** A stack on this machine. */
export type PlaceHere = {
  readonly cpu: string;
  readonly cores: number;
  readonly apiProcesses: number;
  readonly hasEdge: boolean;
};

/** A staging copy elsewhere. */
export type PlaceElsewhere = {
  readonly address: string;
  readonly generatorCores: number;
  /** Whether buyers paid at its sandbox. */
  readonly isPaid: boolean;
};

/** All results of a rehearsal. */
export type Rehearsal = {
  readonly event: { readonly name: string; readonly slug: string };
  readonly people: number;
  readonly at: string;
  readonly place: PlaceHere | PlaceElsewhere;
  readonly room: { readonly rateMax: number } | undefined;
  /** Requests of the mix per second at the worst moment. */
  readonly peak: number;
  readonly rates: readonly TriedRate[];
  /** Cores for all the people, by part. Undefined if the processors cannot be seen. */
  readonly cores: Readonly<Record<Part, number>> | undefined;
  /** Undefined if no rate was held, and from outside for an event with a waiting room. */
  readonly opening: PlayedOpening | undefined;
  /** Undefined if no audit can be made. */
  readonly auditFaults: readonly string[] | undefined;
  /** What was done with the copies. */
  readonly ended: readonly string[];
  /** The chart's file, beside the page. */
  readonly chart: string | undefined;
};

const faultsShown = 10;
const missedShown = 3;
const isHeld = ({ missed }: TriedRate) => missed.length === 0;
const whole = (value: number) => Math.round(value).toLocaleString('en');
const counted = (count: number, noun: string, plural: string) => `${count} ${noun}${count === 1 ? '' : plural}`;
const ms = (latencies: Latencies, share: number) => `${latencies.percentile(share).toFixed(1)} ms`;

/** The highest rate that was held; 0 if none was. */
export function heldRate(rates: readonly TriedRate[]): number {
  return Math.max(0, ...rates.filter(isHeld).map(({ step }) => step.offered));
}

/** Whether the expected peak is held. */
function holds({ rates, peak }: Pick<Rehearsal, 'rates' | 'peak'>): boolean {
  return heldRate(rates) >= peak;
}

/** The page that an organiser reads, in Markdown. */
export function verdictPage(rehearsal: Rehearsal): string {
  const { event, people, at, place, chart } = rehearsal;
  return [
    `# Rehearsal of ${event.name}: ${whole(people)} people`,
    `${at}, ${placeSaid(place)} The sale was that of a copy of \`${event.slug}\`${isElsewhere(place) && !place.isPaid ? '; nobody paid' : '; payments were made at the sandbox'}.`,
    '## Verdict',
    ...sentences(rehearsal),
    '## Rates',
    table(
      ['requests/s', '', 'in time/s', 'p95', 'p99', 'order to ticket p99', 'refused'],
      rehearsal.rates.map(rateRow),
    ),
    ...classesOf(rehearsal),
    '## The opening',
    ...openingOf(rehearsal),
    ...(chart === undefined ? [] : [`![Requests of the opening, offered and answered](${chart})`]),
    `## What to run for ${whole(people)} people`,
    ...sizeOf(rehearsal),
    ...(isElsewhere(place) ? unseen(place) : []),
    '## Afterwards',
    ...afterwards(rehearsal),
  ]
    .join('\n\n')
    .concat('\n');
}

function isElsewhere(place: Rehearsal['place']): place is PlaceElsewhere {
  return 'address' in place;
}

function placeSaid(place: Rehearsal['place']): string {
  if (isElsewhere(place))
    return `against ${place.address}, from a machine with ${counted(place.generatorCores, 'core', 's')}. Times are those of this machine, with the way between the two.`;
  const { cores, cpu, apiProcesses, hasEdge } = place;
  return `on ${cores} cores (${cpu}) that the load generator and the sandbox share. ${counted(apiProcesses, 'API process', 'es')}${hasEdge ? ' behind nginx' : ''}, one worker.`;
}

function unseen({ isPaid }: PlaceElsewhere): string[] {
  return [
    '## What cannot be seen from outside',
    [
      '- The processor time, memory and pools of each part. Look at the dashboards of the copy for the minutes of this rehearsal.',
      '- Whether every invariant holds: run `npm run audit` there (`deploy/vps/command audit`).',
      '- Joining and leaving a waiting room: people join with an address that they have confirmed.',
      ...(isPaid
        ? []
        : ['- Payments, their callbacks and the time from the order to the ticket: nobody paid (`--sandbox`).']),
    ].join('\n'),
  ];
}

function sentences(rehearsal: Rehearsal): string[] {
  const { people, peak, rates, room } = rehearsal;
  const held = heldRate(rates);
  const isEnough = holds(rehearsal);
  // A failed rate below a held one was an accident.
  const first = rates.find((rate) => !isHeld(rate) && rate.step.offered > held);
  const limits = first?.limits ?? [];
  const why =
    room === undefined
      ? `Half of them come within ten seconds, the others within five minutes, and each makes ${requestsPerVisit.toFixed(1)} requests within a minute`
      : `The waiting room lets in ${room.rateMax} a second, each makes ${requestsPerVisit.toFixed(1)} requests, and all others read its counter every ten seconds`;
  return [
    `**${isEnough ? 'It holds.' : 'It does not hold.'}** ${whole(people)} people make up to ${whole(peak)} requests a second. ${why}. This stack held ${whole(held)} a second, which is enough for ${whole(peopleFor(held, room))} people.`,
    first === undefined
      ? 'Nothing limited it up to the highest rate that was tried.'
      : `What limited first, at ${whole(first.step.offered)} a second: ${limits.length === 0 ? 'nothing that the metrics show; answers were late' : limits.join('; ')}.`,
  ];
}

function rateRow({ step, missed }: TriedRate): string[] {
  return [
    whole(step.offered),
    missed.length === 0 ? 'held' : `not held: ${missed.slice(0, missedShown).join(', ')}`,
    whole(step.goodput),
    ms(step.all, 0.95),
    ms(step.all, 0.99),
    step.settled.paid === 0 ? 'nobody paid' : `${whole(step.settled.p99Ms)} ms`,
    `${(step.refusedShare * 100).toFixed(2)} %`,
  ];
}

function classesOf({ rates }: Rehearsal): string[] {
  const held = rates.findLast(isHeld)?.step;
  if (held === undefined) return [];
  const rows = Object.entries(held.classes).map(([name, { perSecond, latencies }]) => [
    mix[name as ClassName].said,
    perSecond.toFixed(1),
    ms(latencies, 0.95),
    ms(latencies, 0.99),
  ]);
  return [`At ${whole(held.offered)} a second:`, table(['class', 'a second', 'p95', 'p99'], rows)];
}

function openingOf({ opening, people, place, room: planned }: Rehearsal): string[] {
  if (opening === undefined && isElsewhere(place) && planned !== undefined)
    return ['It was not played, since people join the waiting room with an address that they have confirmed.'];
  if (opening === undefined) return ['It was not played, since no rate was held.'];
  const { step, places, sold, held, room } = opening;
  const { settled } = step;
  const left = places - sold - held;
  return [
    `Played with ${whole(opening.people)} people${opening.people < people ? ', as many as the held rate is enough for,' : ''} for its first ${opening.seconds} seconds: ${whole(settled.orders)} orders, ${whole(settled.paid)} paid. From the order to the ticket: p50 ${whole(settled.p50Ms)} ms, p99 ${whole(settled.p99Ms)} ms. Of ${whole(places)} places ${whole(sold)} were sold, ${whole(held)} held by orders that nobody paid, and ${whole(left)} not sold. Answers: p95 ${ms(step.all, 0.95)}, p99 ${ms(step.all, 0.99)}, refused ${(step.refusedShare * 100).toFixed(2)} %, unexplained ${step.unexplained + (room?.unexplained ?? 0)}.`,
    ...(room === undefined ? [] : [roomSentence(room)]),
    ...(opening.limits.length === 0 ? [] : [`Seen meanwhile: ${opening.limits.join('; ')}.`]),
    ...step.faults.slice(0, faultsShown).map((fault) => `- ${fault}`),
  ];
}

function roomSentence({ joined, joins, passes, orders, statuses }: PlayedRoom): string {
  const said = Object.entries(statuses).map(([status, count]) => `${whole(count)} of ${status}`);
  return `The waiting room: ${whole(joined)} joined (p99 ${ms(joins, 0.99)}), ${whole(passes.count)} were let in (pass p99 ${ms(passes, 0.99)}, order p99 ${ms(orders, 0.99)}; answers to their orders: ${said.join(', ') || 'none'}).`;
}

function sizeOf({ cores, peak }: Rehearsal): string[] {
  if (cores === undefined)
    return [
      'What a request costs there cannot be seen from outside. `npm run sizing` computes it on a machine of the same kind.',
    ];
  const processes = (part: Part) => Math.max(1, Math.ceil(cores[part]));
  return [
    `For ${whole(peak)} requests a second, from the processor time of a request of each class, each part at ${utilisationMax * 100} % of its cores: **${counted(processes('API'), 'API process', 'es')} and ${counted(processes('worker'), 'worker', 's')}**, one core each.`,
    table(
      ['part', 'cores like these'],
      parts.map((part) => [part, (Math.ceil(cores[part] * 10) / 10).toFixed(1)]),
    ),
  ];
}

function afterwards({ auditFaults, ended }: Rehearsal): string[] {
  const audit =
    auditFaults === undefined
      ? ['No audit was made: see above.']
      : auditFaults.length === 0
        ? ['The audit is clean: every invariant holds, and our ledger agrees with the sandbox.']
        : ['**The audit found faults:**', ...auditFaults.slice(0, faultsShown).map((fault) => `- ${fault}`)];
  return [...audit, `The copies: ${ended.join('; ')}.`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
