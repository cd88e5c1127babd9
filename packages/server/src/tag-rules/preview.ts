/** What rules would mean for the tags that are there. Pure. */
import type { Tag } from '@naru/oci/repository-name';
import { findNamingFault, isAlias, isImmutable, placeAliases, type TagPolicy } from './policy.ts';

export type TagRulePreview = {
  /** They stay, and cannot be pushed again. */
  readonly refused: readonly Tag[];
  /** They neither move nor go. */
  readonly immutable: readonly Tag[];
  /** Where the tags belong that the server keeps. */
  readonly aliases: readonly { readonly alias: Tag; readonly on: Tag }[];
};

export function previewTagPolicy(policy: TagPolicy, tags: readonly Tag[]): TagRulePreview {
  const { aliases = [] } = policy;
  const places = placeAliases(
    aliases,
    tags.map((tag) => ({ tag, place: tag })),
  );
  return {
    // What the server keeps is nobody's to push, and it puts it right itself.
    refused: tags.filter((tag) => !isAlias(aliases, tag) && findNamingFault(policy, tag) !== undefined),
    immutable: tags.filter((tag) => isImmutable(policy, tag)),
    aliases: [...places].map(([alias, on]) => ({ alias, on })),
  };
}
