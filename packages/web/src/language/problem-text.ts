import type { Problem } from '../api/api-error.ts';
import type { Texts } from './en.ts';

/** What happened and what to do, in the reader's language; the server's own words only for what we have none for. */
export function problemText({ kind, code, message }: Problem, { problems }: Texts): string {
  const known: Readonly<Record<string, string>> = problems.codes;
  return known[code] ?? (kind === 'refused' && message !== '' ? problems.refused(message) : problems[kind === 'refused' ? 'defect' : kind]);
}
