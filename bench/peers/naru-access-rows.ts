/**
 * Many accounts and rights as rows, as `naru-rows.ts` does it for lists. Every organisation has ten
 * members, one team with half of them, and a hundred grants: most to single users, as the worst case
 * is, some to the team and to everybody, with patterns of all kinds. No row is a user's own password.
 */
import { inBatches, openForFilling } from './naru-rows.ts';

export type AccessCounts = { readonly users: number; readonly organisations: number; readonly grantsPerOrganisation: number };

const membersPerOrganisation = 10;

export const userId = (index: number): string => `user-${String(index).padStart(7, '0')}`;
export const organisationName = (index: number): string => `org-${String(index).padStart(6, '0')}`;
/** Whom the `grant`th grant of the organisation is for, when it is for a user. */
export const granteeOf = (organisation: number, grant: number, { users }: AccessCounts): string => userId((organisation * 977 + grant * 7919) % users);

export function fillAccess(folder: string, counts: AccessCounts): void {
  using database = openForFilling(folder);
  const insert = (into: string) => {
    const statement = database.prepare(`insert into ${into} values (${'?'.repeat(into.split(',').length).split('').join(', ')})`);
    return (...values: (string | number | null)[]) => statement.run(...values);
  };
  const account = insert('account (id, name, kind, created_at)');
  const user = insert('user (id, email, email_verified_at, administrator, full_name, language)');
  const organisation = insert('organisation (id, full_name, member_actions)');
  const membership = insert('membership (organisation_id, user_id, role, since)');
  const team = insert('team (id, organisation_id, name, description)');
  const teamMember = insert('team_member (team_id, user_id)');
  const repository = insert('repository (name, created_at, visibility)');
  const grant = insert('access_grant (id, namespace, subject_kind, subject_id, effect, actions, pattern, conditions, created_at, created_by)');
  inBatches(database, counts.users, (index) => {
    const id = userId(index);
    account(id, id, 'user', 0);
    user(id, `${id}@example.org`, 0, 0, '', 'en');
  });
  inBatches(database, counts.organisations, (index) => {
    const name = organisationName(index);
    account(name, name, 'organisation', 0);
    organisation(name, '', 'pull');
    repository(`${name}/app`, 0, 'private');
    team(`team-${name}`, name, 'dev', '');
    for (let member = 0; member < membersPerOrganisation; member += 1) {
      const id = userId((index * membersPerOrganisation + member) % counts.users);
      membership(name, id, member === 0 ? 'owner' : 'member', 0);
      if (member % 2 === 0) teamMember(`team-${name}`, id);
    }
    for (let number = 0; number < counts.grantsPerOrganisation; number += 1) {
      const [kind, subject] = number % 10 === 8 ? ['team', `team-${name}`] : number % 10 === 9 ? ['everybody', ''] : ['user', granteeOf(index, number, counts)];
      const effect = number % 50 === 49 ? 'deny' : 'allow';
      const pattern = effect === 'deny' ? `${name}/secret/*` : ([`${name}/app`, `${name}/tools/*`, `${name}/**`][number % 3] ?? '');
      grant(`${name}-${number}`, name, kind ?? '', subject ?? '', effect, 'push,tag:move', pattern, '{}', 0, 'bench');
    }
  });
}
