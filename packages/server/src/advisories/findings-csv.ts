/** Findings as CSV, for spreadsheets. */
import { csvLine } from './csv.ts';
import type { Finding } from './findings.ts';
import type { Remark } from './remark.ts';

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

/** As many bytes as are worth a turn. */
const partBytes = 64 * 1024;

export async function* findingsCsv(findings: Iterable<Finding> | AsyncIterable<Finding>, remarks: readonly Remark[]): AsyncGenerator<Uint8Array> {
  let text = csvLine(columns);
  for await (const finding of findings) {
    text += csvLine(rowOf(finding));
    if (text.length < partBytes) continue;
    yield new TextEncoder().encode(text);
    text = '';
  }
  yield new TextEncoder().encode(text + remarks.map((remark) => csvLine(rowOfRemark(remark))).join(''));
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

function rowOfRemark({ rule, level, message, layer, path }: Remark): string[] {
  const said: Readonly<Record<string, string | undefined>> = { severity: level, id: rule, type: 'configuration', layer, path, state: 'open', summary: message };
  return columns.map((column) => said[column] ?? '');
}
