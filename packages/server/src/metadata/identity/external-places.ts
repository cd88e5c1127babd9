/**
 * What somebody is because a directory or a provider says so, inside a transaction. A row of
 * `external_membership` marks it, so that it can be told from what people set by hand, and taken away.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { Writer } from '../database.ts';
import type { Change } from '../port.ts';
import { touchAccess } from './access-version.ts';
import { getAccount } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import { removeMembership, setMembership } from './organisation-rows.ts';
import type { AuditEntry, ExternalRole, MembershipRole } from './port.ts';
import { endSessions, refuseLastAdministrator, refuseLastOwner } from './user-rows.ts';

type Word = { readonly userId: string; readonly issuer: string; readonly roles: readonly ExternalRole[] };

/** One thing that somebody can be. `state` is undefined for who is not; two states differ only among members. */
type Place = {
  readonly state: () => Promise<string | undefined>;
  readonly enter: () => Promise<What>;
  readonly leave: () => Promise<What>;
  readonly wanted: string;
};
type What = { readonly action: string; readonly detail: Omit<AuditEntry, 'at' | 'actor' | 'action'> };

export async function syncPlaces(tx: Writer, { userId, issuer, roles }: Word, change: Change): Promise<void> {
  const user = { id: userId, name: (await getAccount(tx, userId)).name };
  const recorded = await tx.selectFrom('external_membership').select(['target', 'issuer']).where('user_id', '=', userId).execute();
  const own = new Set(recorded.filter((one) => one.issuer === issuer).map(({ target }) => target));
  const wanted = await findTargets(tx, roles);
  const done: What[] = [];

  for (const [target, role] of wanted) {
    const place = await placeAt(tx, user, target, role, change);
    const isOfIssuers = recorded.some((one) => one.target === target);
    const state = await place?.state();
    if (place === undefined || (state !== undefined && !isOfIssuers)) continue;
    if (state !== place.wanted) await attempt(done, place.enter);
    if (!own.has(target)) await tx.insertInto('external_membership').values({ user_id: userId, target, issuer }).execute();
  }
  // Teams before their organisations.
  for (const target of [...own]
    .filter((one) => !wanted.has(one))
    .toSorted()
    .toReversed()) {
    const isSaidElsewhere = recorded.some((one) => one.target === target && one.issuer !== issuer);
    const place = isSaidElsewhere ? undefined : await placeAt(tx, user, target, 'member', change);
    // Who must stay is asked about again the next time.
    if (place !== undefined && (await place.state()) !== undefined && !(await attempt(done, place.leave))) continue;
    await tx.deleteFrom('external_membership').where('user_id', '=', userId).where('target', '=', target).where('issuer', '=', issuer).execute();
  }
  if (done.length === 0) return;
  await touchAccess(tx);
  const entries = done.map(({ action, detail }) => auditOf(change, action, { ...detail, detail: { ...detail.detail, issuer } }));
  await recordAudit(tx, entries);
}

/** By target, in an order in which each can be entered: organisations before their teams. */
async function findTargets(tx: Writer, roles: readonly ExternalRole[]): Promise<Map<string, MembershipRole>> {
  const found = new Map<string, MembershipRole>();
  const teams: string[] = [];
  for (const role of roles) {
    if (role.kind === 'gone' || role.kind === 'administrator') {
      found.set(role.kind, 'member');
      continue;
    }
    const account = await tx.selectFrom('account').select('id').where('name', '=', role.organisation).where('kind', '=', 'organisation').executeTakeFirst();
    if (account === undefined) continue;
    const target = `organisation:${account.id}`;
    if (role.kind === 'organisation') {
      found.set(target, found.get(target) === 'owner' ? 'owner' : role.role);
      continue;
    }
    const team = await tx.selectFrom('team').select('id').where('organisation_id', '=', account.id).where('name', '=', role.team).executeTakeFirst();
    if (team === undefined) continue;
    found.set(target, found.get(target) ?? 'member');
    teams.push(`team:${team.id}`);
  }
  for (const target of teams) found.set(target, 'member');
  return found;
}

/** Undefined when it is not there any more. */
async function placeAt(tx: Writer, user: { id: string; name: string }, target: string, role: MembershipRole, change: Change): Promise<Place | undefined> {
  const [kind, id = ''] = target.split(':');
  if (kind === 'gone') return disabled(tx, user, change);
  if (kind === 'administrator') return administrator(tx, user);
  if (kind === 'organisation') return membership(tx, user, { id, name: (await getAccount(tx, id)).name, role }, change);
  const team = await tx
    .selectFrom('team')
    .innerJoin('account', 'account.id', 'team.organisation_id')
    .select(['team.id', 'team.name', 'account.name as namespace'])
    .where('team.id', '=', id)
    .executeTakeFirst();
  return team && teamPlace(tx, user, team);
}

function disabled(tx: Writer, { id, name }: { id: string; name: string }, { at }: Change): Place {
  const set = async (disabled_at: number | null): Promise<What> => {
    if (disabled_at !== null) {
      await refuseLastAdministrator(tx, id);
      await endSessions(tx, id);
    }
    await tx.updateTable('user').set({ disabled_at }).where('id', '=', id).execute();
    return { action: 'user.change', detail: { namespace: name, detail: { changed: ['disabledAt'], disabled: disabled_at !== null } } };
  };
  return {
    wanted: 'disabled',
    async state() {
      const row = await tx.selectFrom('user').select('disabled_at').where('id', '=', id).executeTakeFirst();
      return typeof row?.disabled_at === 'number' ? 'disabled' : undefined;
    },
    enter: () => set(at),
    leave: () => set(null),
  };
}

function administrator(tx: Writer, { id, name }: { id: string; name: string }): Place {
  const set = async (value: 0 | 1): Promise<What> => {
    if (value === 0) await refuseLastAdministrator(tx, id);
    await tx.updateTable('user').set({ administrator: value }).where('id', '=', id).execute();
    return { action: 'user.change', detail: { namespace: name, detail: { changed: ['administrator'], administrator: value === 1 } } };
  };
  return {
    wanted: 'administrator',
    async state() {
      const row = await tx.selectFrom('user').select('administrator').where('id', '=', id).executeTakeFirst();
      return row?.administrator === 1 ? 'administrator' : undefined;
    },
    enter: () => set(1),
    leave: () => set(0),
  };
}

type OrganisationPlace = { readonly id: string; readonly name: string; readonly role: MembershipRole };

function membership(tx: Writer, user: { id: string; name: string }, { id, name, role }: OrganisationPlace, { at }: Change): Place {
  return {
    wanted: role,
    async state() {
      const row = await tx.selectFrom('membership').select('role').where('organisation_id', '=', id).where('user_id', '=', user.id).executeTakeFirst();
      return row?.role;
    },
    async enter() {
      if (role !== 'owner') await refuseLastOwner(tx, id, user.id);
      await setMembership(tx, { organisation_id: id, user_id: user.id, role, since: at });
      return { action: 'organisation.member.set', detail: { namespace: name, detail: { user: user.name, role } } };
    },
    async leave() {
      await refuseLastOwner(tx, id, user.id);
      await removeMembership(tx, { id, name }, user.id);
      return { action: 'organisation.member.remove', detail: { namespace: name, detail: { user: user.name } } };
    },
  };
}

function teamPlace(tx: Writer, user: { id: string; name: string }, { id, name, namespace }: { id: string; name: string; namespace: string }): Place {
  const what = (action: string): What => ({ action, detail: { namespace, detail: { team: name, user: user.name } } });
  return {
    wanted: 'member',
    async state() {
      const row = await tx.selectFrom('team_member').select('user_id').where('team_id', '=', id).where('user_id', '=', user.id).executeTakeFirst();
      return row && 'member';
    },
    async enter() {
      await tx.insertInto('team_member').values({ team_id: id, user_id: user.id }).execute();
      return what('team.member.add');
    },
    async leave() {
      await tx.deleteFrom('team_member').where('team_id', '=', id).where('user_id', '=', user.id).execute();
      return what('team.member.remove');
    },
  };
}

/** False where somebody must stay: the last owner, the last administrator. */
async function attempt(done: What[], work: () => Promise<What>): Promise<boolean> {
  try {
    done.push(await work());
    return true;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'CONFLICT') return false;
    throw error;
  }
}
