import { saveChart } from '../../chart/save-chart.ts';
import { type ClassName, mix } from './mix.ts';
import type { Step } from './step.ts';

/** The ladder of rates: what came in time, and how long each class took. @returns the paths of the files */
export function chartSurge(steps: readonly Step[], held: Step): string[] {
  const climbing = [...steps].sort((one, other) => one.offered - other.offered);
  const points = (y: (step: Step) => number) => climbing.map((step): [number, number] => [step.offered, y(step)]);
  const names = Object.keys(held.classes) as ClassName[];
  const marks = [{ x: held.offered, label: `held for ${held.seconds} s` }];
  return [
    saveChart('surge', {
      title: 'Requests answered within a second, by what is offered',
      xLabel: 'requests offered per second',
      yLabel: 'requests per second',
      series: [
        { name: 'offered', points: points(({ offered }) => offered) },
        { name: 'answered in time', points: points(({ goodput }) => goodput) },
      ],
      marks,
    }),
    saveChart('surge-p95', {
      title: 'How long an answer takes (p95), by what is offered',
      xLabel: 'requests offered per second',
      yLabel: 'milliseconds',
      series: names.map((name) => ({
        name: mix[name].said,
        points: points((step) => step.classes[name]?.latencies.percentile(0.95) ?? Number.NaN),
      })),
      marks,
    }),
  ];
}
