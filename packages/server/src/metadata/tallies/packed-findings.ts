/**
 * The findings of an image as one text. Ten thousand images have millions of them, so each is a row of values, and
 * packages, of which most have several, are named once:
 *
 *     { packages: [[ecosystem, type, name] …], findings: [[vulnerability, severity, score, fixed, package, epss, exploited] …] }
 *
 * Severities and packages by their places; null for no score and no EPSS.
 */
import { severities } from '../advisory-port.ts';
import type { TalliedFinding } from './port.ts';

type Packed = {
  readonly packages: (readonly [ecosystem: string, type: string, name: string])[];
  readonly findings: (readonly [
    vulnerability: string,
    severity: number,
    score: number | null,
    fixed: string,
    place: number,
    epss: number | null,
    exploited: 0 | 1,
  ])[];
};

export function packFindings(findings: readonly TalliedFinding[]): string {
  const places = new Map<string, number>();
  const packed: Packed = { packages: [], findings: [] };
  for (const { vulnerability, severity, score = null, fixed, package: of, epss = null, exploited } of findings) {
    const row = [of.ecosystem, of.type, of.name] as const;
    const key = row.join('\0');
    const place = places.get(key) ?? packed.packages.push(row) - 1;
    places.set(key, place);
    packed.findings.push([vulnerability, severities.indexOf(severity), score, fixed, place, epss, exploited ? 1 : 0]);
  }
  return JSON.stringify(packed);
}

export function unpackFindings(text: string): TalliedFinding[] {
  const { packages, findings } = JSON.parse(text) as Packed; // `packFindings` wrote it
  const names = packages.map(([ecosystem, type, name]) => ({ ecosystem, type, name }));
  const nobody = { ecosystem: '', type: '', name: '' };
  return findings.map(([vulnerability, severity, score, fixed, place, epss, exploited]) => ({
    vulnerability,
    severity: severities[severity] ?? 'unknown',
    ...(score !== null && { score }),
    fixed,
    package: names[place] ?? nobody,
    ...(epss !== null && { epss }),
    exploited: exploited === 1,
  }));
}
