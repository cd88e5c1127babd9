/** A policy as a form shows it, and back. What the form has no field for stays as it was. Pure. */
import type { Api } from '../../api/schema.ts';

export type Policy = Api['PUT /repositories/{repository}/-/policy']['body'];
type Rule = NonNullable<Policy['block']>[number];

export const blockedSeverities = ['critical', 'high', 'medium', 'low'] as const;
export type BlockedSeverity = (typeof blockedSeverities)[number];

/** `worst`: this bad or worse blocks, also only where a version mends it. `others`: rules that only the command line and the API write. */
export type BlockFields = { readonly worst?: BlockedSeverity; readonly isFixable: boolean; readonly isExploited: boolean; readonly others: readonly Rule[] };

export function readBlock(block: readonly Rule[] = []): BlockFields {
  const worst = block.find(({ severity, fixable, ...more }) => isShown(severity) && fixable !== false && isEmpty(more));
  const exploited = block.find(({ exploited: is, ...more }) => is === true && isEmpty(more));
  return {
    ...(worst && isShown(worst.severity) && { worst: worst.severity }),
    isFixable: worst?.fixable === true,
    isExploited: exploited !== undefined,
    others: block.filter((rule) => rule !== worst && rule !== exploited),
  };
}

/** A field that is emptied says nothing any more; one that said "nothing is demanded" goes on saying it. */
export function writePolicy(before: Policy, { worst, isFixable, isExploited, others }: BlockFields, said: Omit<Policy, 'block'>): Policy {
  const block: Rule[] = [
    ...(worst === undefined ? [] : [{ severity: worst, ...(isFixable && { fixable: true }) }]),
    ...(isExploited ? [{ exploited: true }] : []),
    ...others,
  ];
  const given = Object.entries({ ...said, block }).filter(([name, value]) => isDemand(value) || isNothing(before[name as keyof Policy])); // its own names
  return Object.fromEntries(given);
}

const isShown = (severity: Rule['severity']): severity is BlockedSeverity => blockedSeverities.some((one) => one === severity);
const isEmpty = (rule: Rule): boolean => Object.values(rule).every((value) => value === undefined);
const isDemand = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false && value !== 0);
const isNothing = (value: unknown): boolean => value !== undefined && !isDemand(value);
