import type { Problem } from '../api/api-error.ts';
import type { Texts } from './en.ts';

/** What the server says when it has nothing to add to the status. */
const sayNothing = new Set(['', 'requested access to the resource is denied', 'this is not possible now']);
/** Where its words name what stands in the way: a rule, or something that runs. */
const explained = new Set<Problem['kind']>(['refused', 'denied', 'conflict']);

/** What happened and what to do, in the reader's language; the server's own words only for what we have none for. */
export function problemText({ kind, code, message }: Problem, { problems }: Texts): string {
  const known: Readonly<Record<string, string>> = problems.codes;
  if (known[code] !== undefined) return known[code];
  if (explained.has(kind) && !sayNothing.has(message)) return problems.refused(message);
  return problems[kind === 'refused' ? 'defect' : kind];
}
