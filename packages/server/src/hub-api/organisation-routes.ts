/** Organisations: their people, invitations and teams. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { roles } from '../access/action.ts';
import { parseAccountName, parseEmail } from '../identity/account-name.ts';
import { requestedMail } from '../identity/mail/mail-queue.ts';
import type { Organisation } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newId } from '../runtime/ids.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { getAccount } from './robot-routes.ts';
import { action, line, listOf, page, role, time, toList, toPage } from './schemas.ts';
import { invitationNotice } from '../notifications/notice-job.ts';
import { idOf } from './user-routes.ts';

const membershipRole = z.enum(['owner', 'member']);
/** What every member may do in every repository of the organisation. */
const memberRole = z.union([z.literal('none'), role]);
const organisation = z.object({ name: z.string(), fullName: z.string(), memberActions: z.array(action) });
const member = z.object({ name: z.string(), fullName: z.string(), role: membershipRole, since: time });
const invitation = z.object({ id: z.string(), email: z.string(), role: membershipRole, invitedBy: z.string(), createdAt: time, expiresAt: time });

export const organisationRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listOwnOrganisations',
    method: 'GET',
    path: '/user/organisations',
    summary: 'List the organisations that one is in',
    access: 'user',
    response: listOf(organisation.extend({ role: membershipRole })),
    async handle({ caller, parts: { rows } }) {
      const found = await rows.identity.organisations.listOf(idOf(caller));
      return { value: { items: found.map((one) => ({ ...toOrganisation(one), role: one.role })) } };
    },
  }),
  route({
    operation: 'listOrganisations',
    method: 'GET',
    path: '/organisations',
    summary: 'List all organisations',
    access: 'administrator',
    query: page,
    response: listOf(organisation.extend({ createdAt: time })),
    async handle({ query, parts: { rows } }) {
      const accounts = await rows.identity.accounts.list({ ...toPage(query), kind: 'organisation' });
      const found = await Promise.all(accounts.map(async ({ id, createdAt }) => ({ one: await rows.identity.organisations.get(id), createdAt })));
      const items = found.flatMap(({ one, createdAt }) => (one === undefined ? [] : [{ ...toOrganisation(one), createdAt }]));
      const last = accounts.length < query.limit ? undefined : accounts.at(-1);
      return { value: { items, ...(last !== undefined && { next: last.name }) } };
    },
  }),
  route({
    operation: 'createOrganisation',
    method: 'POST',
    path: '/organisations',
    summary: 'Make an organisation; who makes it owns it',
    access: 'account',
    body: z.object({ name: z.string(), fullName: line.default(''), owner: z.string().optional() }),
    response: organisation,
    async handle({ caller, body, parts: { rows, identity, clock } }) {
      // An administrator may make one for somebody else; the operator is nobody, and must.
      const isForOther = body.owner !== undefined && body.owner !== caller.name;
      if (isForOther && !(await caller.mayInNamespace('manage', ''))) throw new RegistryError('DENIED');
      if (caller.scope !== undefined && !(await caller.mayInNamespace('manage', '')))
        throw new RegistryError('DENIED', { message: 'this token is not for making organisations' });
      const ownerId = body.owner === undefined ? idOf(caller) : (await identity.users.getByName(body.owner)).id;
      const made = { id: newId(), name: parseAccountName(body.name), fullName: body.fullName, memberActions: roles.read };
      await rows.identity.organisations.create({ ...made, ownerId, at: clock.now(), ...actorOf(caller) });
      return { status: 201, value: toOrganisation(made) };
    },
  }),
  route({
    operation: 'getOrganisation',
    method: 'GET',
    path: '/organisations/{namespace}',
    summary: 'Get an organisation',
    access: 'account',
    response: organisation,
    edited: ['fullName', 'memberActions'],
    async handle(call) {
      return { value: toOrganisation(await getOrganisation(call)) };
    },
  }),
  route({
    operation: 'changeOrganisation',
    method: 'PATCH',
    path: '/organisations/{namespace}',
    summary: 'Change an organisation’s name for people, or what all its members may do',
    access: 'manage',
    edits: { record: 'getOrganisation', audit: ['organisation.change'] },
    body: z.object({ fullName: line.optional(), memberRole: memberRole.optional() }),
    response: organisation,
    async handle(call) {
      const { caller, body, parts } = call;
      const { id } = await getOrganisation(call);
      const memberActions = body.memberRole === undefined ? {} : { memberActions: body.memberRole === 'none' ? [] : roles[body.memberRole] };
      await parts.rows.identity.organisations.change({
        id,
        ...(body.fullName !== undefined && { fullName: body.fullName }),
        ...memberActions,
        at: parts.clock.now(),
        ...actorOf(caller),
      });
      return { value: toOrganisation(await getOrganisation(call)) };
    },
  }),
  route({
    operation: 'listMembers',
    method: 'GET',
    path: '/organisations/{namespace}/members',
    summary: 'List the members; members see each other',
    access: 'account',
    query: page,
    response: listOf(member),
    async handle(call) {
      const { id } = await getOrganisation(call);
      await requireMember(call, id);
      const members = await call.parts.rows.identity.organisations.listMembers(id, toPage(call.query));
      const { next } = toList(members, call.query.limit, ({ userId }) => userId);
      return { value: { items: members.map(({ userId: _id, ...rest }) => rest), ...(next !== undefined && { next }) } };
    },
  }),
  route({
    operation: 'setMember',
    method: 'PUT',
    path: '/organisations/{namespace}/members/{user}',
    summary: 'Make somebody a member or an owner',
    access: 'manage',
    body: z.object({ role: membershipRole.default('member') }),
    async handle(call) {
      const { caller, params, body, parts } = call;
      const { id } = await getOrganisation(call);
      const user = await parts.identity.users.getByName(params['user'] ?? '');
      // Nobody is put among people without being asked, but by who runs the server.
      if ((await parts.rows.identity.organisations.findMember(id, user.id)) === undefined && !(await caller.mayInNamespace('manage', ''))) {
        throw new RegistryError('DENIED', { message: `${user.name} is not a member: send an invitation` });
      }
      await parts.rows.identity.organisations.setMember({ id, userId: user.id, role: body.role, at: parts.clock.now(), ...actorOf(caller) });
      return {};
    },
  }),
  route({
    operation: 'removeMember',
    method: 'DELETE',
    path: '/organisations/{namespace}/members/{user}',
    summary: 'Remove a member, or leave',
    access: 'account',
    async handle(call) {
      const { caller, params, parts } = call;
      const { id, name } = await getOrganisation(call);
      const isOneself = caller.principal.kind === 'user' && caller.name === params['user'] && caller.scope === undefined;
      if (!isOneself && !(await caller.mayInNamespace('manage', name))) throw new RegistryError('DENIED');
      const user = await parts.identity.users.getByName(params['user'] ?? '');
      await parts.rows.identity.organisations.removeMember({ id, userId: user.id, at: parts.clock.now(), ...actorOf(caller) });
      return {};
    },
  }),
  route({
    operation: 'invite',
    method: 'POST',
    path: '/organisations/{namespace}/invitations',
    summary: 'Invite somebody by e-mail; the link is good once, for the owner of the address',
    access: 'manage',
    body: z.object({ email: z.string(), role: membershipRole.default('member'), team: z.string().optional() }),
    response: invitation.extend({ secret: z.string() }),
    async handle(call) {
      const { caller, body, parts } = call;
      const { id, name } = await getOrganisation(call);
      const team = body.team === undefined ? undefined : await parts.rows.identity.teams.find(id, body.team);
      if (body.team !== undefined && team === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { detail: { field: 'team' } });
      await parts.mail?.countFrom(caller.address);
      await parts.mail?.requireRoom();
      const email = parseEmail(body.email);
      const inviter = caller.principal.kind === 'user' ? await parts.identity.users.get(caller.principal.id) : undefined;
      const language = inviter?.language === 'ko' ? 'ko' : 'en';
      const asked = { organisationId: id, email, role: body.role, teamId: team?.id };
      const made = await parts.identity.invitations.create(asked, caller, ({ invitation: { id: invited, expiresAt }, secret }) => [
        invitationNotice({ id: invited, email, organisation: name, by: caller.name, until: expiresAt }),
        ...(parts.mail ? [requestedMail({ kind: 'invite', email, organisation: name, invitedBy: caller.name, language, secret })] : []),
      ]);
      return { status: 201, value: { ...toInvitation(made.invitation), secret: made.secret } };
    },
  }),
  route({
    operation: 'listInvitations',
    method: 'GET',
    path: '/organisations/{namespace}/invitations',
    summary: 'List open invitations',
    access: 'manage',
    query: page,
    response: listOf(invitation),
    async handle(call) {
      const { id } = await getOrganisation(call);
      const found = await call.parts.rows.identity.invitations.list(id, toPage(call.query));
      return { value: toList(found.map(toInvitation), call.query.limit, (one) => one.id) };
    },
  }),
  route({
    operation: 'withdrawInvitation',
    method: 'DELETE',
    path: '/organisations/{namespace}/invitations/{invitation}',
    summary: 'Withdraw an invitation',
    access: 'manage',
    async handle(call) {
      const { caller, params, parts } = call;
      const { id } = await getOrganisation(call);
      const removed = await parts.rows.identity.invitations.remove({
        organisationId: id,
        id: params['invitation'] ?? '',
        at: parts.clock.now(),
        ...actorOf(caller),
      });
      if (!removed) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
  route({
    operation: 'acceptInvitation',
    method: 'POST',
    path: '/invitations/accept',
    summary: 'Accept an invitation that was sent to one’s own address',
    access: 'user',
    body: z.object({ secret: z.string().max(256) }),
    response: z.object({ organisation: z.string() }),
    async handle({ caller, body, parts }) {
      return { value: await parts.identity.invitations.accept(body.secret, idOf(caller), caller) };
    },
  }),
];

/** The organisation that the `{namespace}` of the path names. Throws ACCOUNT_UNKNOWN. */
export async function getOrganisation(call: Pick<ApiCall, 'params' | 'parts'>): Promise<Organisation> {
  const account = await getAccount(call);
  const found = await call.parts.rows.identity.organisations.get(account.id);
  if (found === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { message: `${account.name} is not an organisation` });
  return found;
}

async function requireMember({ caller, params, parts }: Pick<ApiCall, 'caller' | 'params' | 'parts'>, id: string): Promise<void> {
  const isMember = caller.principal.kind === 'user' && (await parts.rows.identity.organisations.findMember(id, caller.principal.id)) !== undefined;
  if (!isMember && !(await caller.mayInNamespace('manage', params['namespace'] ?? ''))) throw new RegistryError('DENIED');
}

function toOrganisation({ name, fullName, memberActions }: Omit<Organisation, 'id'>): z.output<typeof organisation> {
  return { name, fullName, memberActions: [...memberActions] };
}

function toInvitation({ id, email, role: asRole, invitedBy, createdAt, expiresAt }: z.output<typeof invitation>): z.output<typeof invitation> {
  return { id, email, role: asRole, invitedBy, createdAt, expiresAt };
}
