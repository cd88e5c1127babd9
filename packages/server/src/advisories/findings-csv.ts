/** Findings as CSV, for spreadsheets. */
import { csvLine } from './csv.ts';
import type { Finding } from './findings.ts';

const columns = [
  'severity',
  'id',
  'aliases',
  'type',
  'package',
  'installed',
  'fixed',
  'score',
  'epss',
  'exploited since',
  'layer',
  'path',
  'said by',
  'state',
  'reason',
  'summary',
];

export function findingsCsv(findings: readonly Finding[]): string {
  return [columns, ...findings.map(rowOf)].map(csvLine).join('');
}

function rowOf({ severity, vulnerability, aliases, fixed, score, epss, exploitedSince = '', package: installed, rule, summary, scanner }: Finding): string[] {
  const { type, namespace, name, version, layer = '', path, sbom } = installed;
  const fullName = namespace === '' ? name : `${namespace}/${name}`;
  const numbers = [score === undefined ? '' : (score / 10).toFixed(1), epss === undefined ? '' : (epss / 1e6).toFixed(5)];
  return [
    severity,
    vulnerability,
    aliases.join(' '),
    type,
    fullName,
    version,
    fixed,
    ...numbers,
    exploitedSince,
    layer,
    path,
    scanner ?? (sbom === undefined ? '' : `SBOM ${sbom}`),
    rule?.status ?? 'open',
    rule?.reason ?? '',
    summary,
  ];
}
