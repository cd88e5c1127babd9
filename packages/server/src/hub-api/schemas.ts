/** Values that several rows take or give. Times are epoch milliseconds. */
import { isDigest } from '@naru/oci/digest';
import { isRepositoryName, isTag } from '@naru/oci/repository-name';
import { z } from 'zod';
import { actions, type Action, isAction, roles } from '../access/action.ts';
import { parseNetwork } from '../network/network.ts';
import { isRepositoryPattern, isTagPattern } from '../access/pattern.ts';
import { visibilities } from '../access/policy.ts';

export const time = z.number().int().nonnegative();
export const visibility = z.enum(visibilities);
export const action = z.enum(actions);
export const role = z.enum(Object.keys(roles) as [keyof typeof roles, ...(keyof typeof roles)[]]); // the keys of a closed table
export const digest = z.string().refine(isDigest, 'must be a digest');
export const tag = z.string().refine(isTag, 'must be a tag');
export const bytes = z.number().int().nonnegative();
export const line = z
  .string()
  .trim()
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line of text');
/** Of what belongs to an account, such as a team or a robot. */
export const shortName = z
  .string()
  .max(64)
  .refine((text) => isRepositoryName(text) && !text.includes('/'), 'must be made of a to z and 0 to 9, parted by single ., _ or -');
export const network = z.string().refine((text) => parseNetwork(text) !== undefined, 'must be an address or a network like 10.0.0.0/8');
export const networks = z.array(network).max(64);
export const repositoryPattern = z.string().refine(isRepositoryPattern, 'must be a pattern like acme/app, acme/* or acme/**');
export const tagPattern = z.string().refine(isTagPattern, 'must be a pattern of tags, like v* or latest');

/** `after` is the key of the last entry of the page before. */
export const page = z.object({ after: z.string().max(512).optional(), limit: z.coerce.number().int().min(1).max(1000).default(100) });

export function toPage({ after, limit }: z.output<typeof page>): { after?: string; limit: number } {
  return after === undefined ? { limit } : { after, limit };
}

/** A page of a list, and where the next one begins. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().optional() });
}

/** `key` is what `after` means in this list. */
export function toList<Item>(items: readonly Item[], limit: number, key: (item: Item) => string): { items: readonly Item[]; next?: string } {
  const last = items.length < limit ? undefined : items.at(-1);
  return last === undefined ? { items } : { items, next: key(last) };
}

/** Either a role, which is short for its actions, or actions. */
export const right = z.object({ role: role.optional(), actions: z.array(action).min(1).optional() });

export function actionsOf({ role: named, actions: listed }: z.output<typeof right>): readonly Action[] | undefined {
  return listed?.filter(isAction) ?? (named && roles[named]);
}
