/**
 * What a group of somebody else's stands for here.
 *
 *     rule   := group "=" target
 *     target := "administrator" | organisation [ ":owner" ] | organisation "/" team
 *
 * The group's name may hold `=` and `,` itself, as in `cn=dev,ou=groups,dc=example,dc=com`: then it
 * must be an entry of a list in the file, where commas part nothing.
 */
import { list } from './values.ts';

export type GroupRule = { readonly group: string; readonly role: GroupRole };

export type GroupRole =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'organisation'; readonly organisation: string; readonly role: 'owner' | 'member' }
  | { readonly kind: 'team'; readonly organisation: string; readonly team: string };

export function groupRules() {
  return list()
    .transform((entries, context): GroupRule[] =>
      entries.flatMap((entry) => {
        const rule = parseGroupRule(entry);
        if (rule === undefined) context.addIssue(`"${entry}" is not like developers=acme/dev, staff=acme, leads=acme:owner or operators=administrator`);
        return rule ?? [];
      }),
    )
    .meta({ title: 'list of rules | none' });
}

export function parseGroupRule(entry: string): GroupRule | undefined {
  const equals = entry.lastIndexOf('=');
  const group = entry.slice(0, equals).trim();
  const target = entry.slice(equals + 1).trim();
  if (equals < 1 || group === '') return undefined;
  if (target === 'administrator') return { group, role: { kind: 'administrator' } };
  const match = /^(?<organisation>[a-z0-9][a-z0-9._-]*)(?:(?<owner>:owner)|\/(?<team>[a-z0-9][a-z0-9._-]*))?$/.exec(target);
  const { organisation, owner, team } = match?.groups ?? {};
  if (organisation === undefined) return undefined;
  if (team !== undefined) return { group, role: { kind: 'team', organisation, team } };
  return { group, role: { kind: 'organisation', organisation, role: owner === undefined ? 'member' : 'owner' } };
}
