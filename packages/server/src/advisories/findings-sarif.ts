/** Findings as SARIF 2.1.0, as code hosts take them up: one rule for each vulnerability and each kind of remark, one result for each place. */
import type { Digest } from '@naru/oci/digest';
import type { Severity } from '../metadata/advisory-port.ts';
import { type Check, type Finding, isWhole } from './findings.ts';
import { packageUrl } from './package-url.ts';
import type { Remark } from './remark.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'note',
  unknown: 'warning',
};

/** The repository and digest that people know it by, and who says it. */
type Named = { readonly repository: string; readonly digest: Digest; readonly version: string };

export function findingsSarif(check: Pick<Check, 'findings' | 'total'>, remarks: readonly Remark[], image: Named): object {
  const { findings } = check;
  const rules = new Map<string, object>([
    ...findings.map((finding) => [finding.vulnerability, toRule(finding)] as const),
    ...remarks.map((remark) => [remark.rule, toConfigurationRule(remark)] as const),
  ]);
  const places = new Map([...rules.keys()].map((rule, index) => [rule, index]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Naru', version: image.version, rules: [...rules.values()] } },
        ...(!isWhole(check) && { invocations: [toCut(check)] }),
        results: [
          ...findings.map((finding) => toResult(finding, places.get(finding.vulnerability) ?? -1, image)),
          ...remarks.map((remark) => toRemarkResult(remark, places.get(remark.rule) ?? -1, image)),
        ],
      },
    ],
  };
}

/** Code hosts take no more than some ten thousand results, so what is left out is said. */
function toCut({ findings, total }: Pick<Check, 'findings' | 'total'>): object {
  const text = `These are the worst ${findings.length} of ${total} findings: get the CSV for all of them, or ask for a severity or a package.`;
  return { executionSuccessful: true, toolExecutionNotifications: [{ level: 'warning', message: { text } }] };
}

function toConfigurationRule({ rule, level }: Remark): object {
  return { id: rule, shortDescription: { text: rule }, defaultConfiguration: { level }, properties: { tags: ['configuration'] } };
}

function toRemarkResult({ rule, level, message, layer, path = '' }: Remark, ruleIndex: number, image: Named): object {
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: `${image.repository}: ${message}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(path) || 'unknown' }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: `${image.repository}@${image.digest}`, kind: 'module' }],
      },
    ],
    partialFingerprints: { finding: [image.repository, rule, path, path === '' ? message : ''].join(' ').trim() },
    properties: { ...(layer && { layer }), image: image.digest },
  };
}

function toRule({ vulnerability, summary, url, severity, score, aliases }: Finding): object {
  return {
    id: vulnerability,
    shortDescription: { text: summary === '' ? vulnerability : summary },
    ...(url !== '' && { helpUri: url }),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security', severity], aliases, ...(score !== undefined && { 'security-severity': (score / 10).toFixed(1) }) },
  };
}

function toResult({ vulnerability, severity, fixed, package: installed, rule, scanner }: Finding, ruleIndex: number, image: Named): object {
  const remedy = fixed === '' ? 'No version mends it yet.' : `Version ${fixed} mends it.`;
  return {
    ruleId: vulnerability,
    ruleIndex,
    level: levels[severity],
    message: { text: `${installed.name} ${installed.version} in ${image.repository} has ${vulnerability} (${severity}). ${remedy}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(installed.path) || 'unknown' }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: packageUrl(installed) || `${installed.name}@${installed.version}`, kind: 'package' }],
      },
    ],
    partialFingerprints: {
      finding: [image.repository, vulnerability, packageUrl(installed) || `${installed.name}@${installed.version}`, installed.path, scanner ?? '']
        .join(' ')
        .trim(),
    },
    properties: {
      ...(installed.layer && { layer: installed.layer }),
      ...(installed.sbom && { sbom: installed.sbom }),
      ...(scanner && { scanner }),
      image: image.digest,
    },
    ...(rule && { suppressions: [{ kind: 'external', status: 'accepted', justification: rule.reason }] }),
  };
}
