import type { ExternalRole } from '../../metadata/identity/port.ts';

/** What a group elsewhere stands for here, as the configuration says. */
export type GroupRule = { readonly group: string; readonly role: ExternalRole };

/** A group may go by several names: any of them counts, in any case. */
export function rolesOf(groups: readonly string[], rules: readonly GroupRule[]): readonly ExternalRole[] {
  const names = new Set(groups.map((group) => group.toLowerCase()));
  return rules.filter(({ group }) => names.has(group.toLowerCase())).map(({ role }) => role);
}
