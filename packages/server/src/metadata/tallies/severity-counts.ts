import { severities } from '../advisory-port.ts';
import type { SeverityCounts } from '../finding-port.ts';
import type { CountColumn } from './tables.ts';

export const countColumns = severities.flatMap((severity): CountColumn[] => [`${severity}_fixable`, `${severity}_unfixable`]);

export function noCounts(): SeverityCounts {
  return Object.fromEntries(severities.map((severity) => [severity, { fixable: 0, unfixable: 0 }])) as SeverityCounts; // all of them
}

export function toColumns(counts: SeverityCounts): Record<CountColumn, number> {
  return Object.fromEntries(
    severities.flatMap((severity) => [
      [`${severity}_fixable`, counts[severity].fixable],
      [`${severity}_unfixable`, counts[severity].unfixable],
    ]),
  ) as Record<CountColumn, number>; // all of them
}

export function toCounts(row: Record<CountColumn, number>): SeverityCounts {
  const counts = noCounts();
  for (const severity of severities) counts[severity] = { fixable: row[`${severity}_fixable`], unfixable: row[`${severity}_unfixable`] };
  return counts;
}
