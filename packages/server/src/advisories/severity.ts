/** Severities by the words of many sources, and by CVSS. */
import { fromVector } from 'ae-cvss-calculator';
import type { Severity } from '../metadata/advisory-port.ts';

/** Sources' own words, lower case. What nobody has looked at is unknown, not harmless. */
const words: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  important: 'high',
  high: 'high',
  'high**': 'high',
  moderate: 'medium',
  medium: 'medium',
  'medium**': 'medium',
  low: 'low',
  'low**': 'low',
  negligible: 'negligible',
  unimportant: 'negligible',
  none: 'negligible',
};

export function severityOfWord(word: string | undefined): Severity {
  return words[word?.toLowerCase() ?? ''] ?? 'unknown';
}

/** The scale of CVSS 3 and 4, for tenths. */
export function severityOfScore(score: number | undefined): Severity {
  if (score === undefined) return 'unknown';
  if (score >= 90) return 'critical';
  if (score >= 70) return 'high';
  if (score >= 40) return 'medium';
  return score > 0 ? 'low' : 'negligible';
}

const vectorMax = 512;

/** In tenths, of any version of CVSS; undefined for what is no vector. */
export function scoreOfVector(vector: string): number | undefined {
  if (vector.length > vectorMax || !/^(?:CVSS:\d\.\d\/)?[A-Za-z]{1,3}:[A-Za-z]/.test(vector)) return undefined;
  try {
    const parsed = fromVector(vector) as { calculateScores(): { overall?: number; base?: number } } | null; // the library says any
    const { base, overall } = parsed?.calculateScores() ?? {};
    const score = base ?? overall;
    return score === undefined || !Number.isFinite(score) ? undefined : Math.round(score * 10);
  } catch {
    return undefined;
  }
}
