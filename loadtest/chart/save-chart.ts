import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { type LineChart, lineChart } from './line-chart.ts';

/** Writes the chart beside the figures. @returns its path from the repository's folder */
export function saveChart(name: string, chart: LineChart): string {
  const place = `loadtest/results/${name}.svg`;
  const file = join(repositoryFolder, place);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, lineChart(chart));
  return place;
}
