/** How well a repository fits what was asked for. A lower tier comes first, whatever is better known. */
import type { RepositoryName } from '@naru/oci/repository-name';

export const tiers = { exact: 0, wordBegins: 1, inName: 2, inDescription: 3, similar: 4 } as const;
export type Tier = (typeof tiers)[keyof typeof tiers];

/** `asked`: as it was typed, in small letters. The terms are known to be somewhere. */
export function tierOf(name: RepositoryName, asked: string, terms: readonly string[]): Tier {
  if (name === asked || name.slice(name.lastIndexOf('/') + 1) === asked) return tiers.exact;
  const words = name.split(/[^a-z0-9]+/);
  if (terms.every((term) => words.some((word) => word.startsWith(term)))) return tiers.wordBegins;
  return terms.every((term) => name.includes(term)) ? tiers.inName : tiers.inDescription;
}
