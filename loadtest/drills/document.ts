import { type Drill, type DrillRun, failureOf } from './drill.ts';
import type { DrillResult } from './results.ts';

/**
 * The text of `docs/measurements/drills.md`: what each drill does, and its last results. Results stay on the machine that ran the drill, so
 * a drill without results here keeps its text from the present document.
 * @param before the present document
 */
export function documentOf(
  drills: Readonly<Record<string, Drill>>,
  results: readonly DrillResult[],
  before = '',
): string {
  const names = Object.keys(drills);
  return `# Drills

Made by \`npm run drills -- --document\` from the last results. How drills work and how to read them: \`loadtest/README.md\`.

| drill | fault | what shows that it struck | guard that one run removes |
| --- | --- | --- | --- |
${names.map((name) => rowOf(name, drills[name])).join('\n')}

${names
  .map((name) =>
    sectionOf(
      name,
      drills[name],
      results.filter((result) => result.name === name),
      saidBefore(before, name),
    ),
  )
  .join('\n')}`;
}

function rowOf(name: string, drill: Drill | undefined): string {
  return `| [\`${name}\`](#${name}) | ${drill?.fault ?? ''} | ${drill?.proof ?? ''} | ${drill?.mutant.without ?? ''} |`;
}

const notRun = 'Not run yet.\n';

/** The results of a drill in a document, without the description of the drill. */
function saidBefore(document: string, name: string): string {
  const section = document.split(`\n## ${name}\n`)[1]?.split(/\n(?=## )/)[0] ?? '';
  const [, ...said] = section.split('\n\n');
  return said.length === 0 ? notRun : `${said.join('\n\n').trimEnd()}\n`;
}

function sectionOf(name: string, drill: Drill | undefined, results: readonly DrillResult[], before: string): string {
  const head = `## ${name}

${drill?.does ?? ''} What must hold: ${drill?.holds ?? ''}
`;
  if (results.length === 0) return `${head}\n${before}`;
  const [small, large] = [false, true].map((isLarge) => results.filter((result) => result.isLarge === isLarge));
  return [head, ...[...(small ?? []), ...(large ?? [])].map(resultOf)].join('\n');
}

function resultOf(result: DrillResult): string {
  return `${result.isLarge ? 'At full size. ' : ''}Run on ${result.at.slice(0, 16).replace('T', ' ')} UTC, ${result.machine}.

| run | outcome | fault struck | missing | twice | of those allowed | settled after |
| --- | --- | --- | --- | --- | --- | --- |
${result.runs.map(runRow).join('\n')}
${result.runs.flatMap(factsOf).join('\n')}
`;
}

function runRow(run: DrillRun): string {
  const failure = failureOf(run);
  const outcome =
    failure !== undefined
      ? `**FAILED: ${cell(failure)}**`
      : run.variant === 'mutant'
        ? `noticed: ${cell(run.faults[0] ?? '')}`
        : 'holds';
  const struck = run.proofs.map(({ what, times }) => `${what}: ${times}`).join('; ');
  const named = (count: (row: DrillRun['rows'][number]) => number) => {
    const some = run.rows.filter((row) => count(row) > 0);
    return some.length === 0 ? '0' : some.map((row) => `${row.what}: ${count(row)}`).join('; ');
  };
  const settled = run.facts[settledAfter];
  return `| ${run.variant}, seed ${run.seed} | ${outcome} | ${cell(struck)} | ${named(({ missing }) => missing)} | ${named(({ twice }) => twice)} | ${named(({ allowed }) => allowed)} | ${settled === undefined ? '' : `${settled} s`} |`;
}

/** The fact that has a column of its own. */
export const settledAfter = 'seconds from the last fault or order until all was settled';

function factsOf(run: DrillRun): string[] {
  if (run.variant === 'mutant') return [];
  const facts = Object.entries(run.facts).filter(([name]) => name !== settledAfter);
  const [first] = run.rows;
  const told = first === undefined ? [] : [`${first.found} of ${first.expected} ${first.what}`];
  return [
    '',
    `${run.variant}, seed ${run.seed}: ${[...told, ...facts.map(([name, value]) => `${name} ${value}`)].join('; ')}.`,
  ];
}

const cell = (text: string) => text.replaceAll('|', '\\|').slice(0, 200);
