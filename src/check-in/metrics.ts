import { counter } from '../platform/metrics.ts';

export const scansTotal = counter('check_in_scans_total', 'Scans answered, by result and way', ['result', 'way']);
export const repeatsTotal = counter('check_in_repeats_total', 'Scans that had been answered before', ['way']);
export const faultsTotal = counter('check_in_faults_total', 'Entries that offline doors let in against the rules', [
  'fault',
]);
export const conflictsTotal = counter('check_in_conflicts_total', 'Offline scans that met the entry of another device');
