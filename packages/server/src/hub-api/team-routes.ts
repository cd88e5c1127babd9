/** Teams of an organisation: grants name them, so that people come and go without touching rights. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Team } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newId } from '../runtime/ids.ts';
import { getOrganisation } from './organisation-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { line, listOf, page, shortName, toList, toPage } from './schemas.ts';

const team = z.object({ name: z.string(), description: z.string() });
const teamPath = '/organisations/{namespace}/teams/{team}';

export const teamRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listTeams',
    method: 'GET',
    path: '/organisations/{namespace}/teams',
    summary: 'List the teams',
    access: 'manage',
    query: page,
    response: listOf(team),
    async handle(call) {
      const { id } = await getOrganisation(call);
      const teams = await call.parts.rows.identity.teams.list(id, toPage(call.query));
      return { value: toList(teams.map(toTeam), call.query.limit, ({ name }) => name) };
    },
  }),
  route({
    operation: 'createTeam',
    method: 'POST',
    path: '/organisations/{namespace}/teams',
    summary: 'Make a team',
    access: 'manage',
    body: z.object({ name: shortName, description: line.default('') }),
    response: team,
    async handle(call) {
      const { id: organisationId } = await getOrganisation(call);
      await call.parts.rows.identity.teams.create({ id: newId(), organisationId, ...call.body, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return { status: 201, value: call.body };
    },
  }),
  route({
    operation: 'deleteTeam',
    method: 'DELETE',
    path: teamPath,
    summary: 'Delete a team with its grants',
    access: 'manage',
    async handle(call) {
      const { id } = await getTeam(call);
      await call.parts.rows.identity.teams.remove({ id, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
  route({
    operation: 'listTeamMembers',
    method: 'GET',
    path: `${teamPath}/members`,
    summary: 'List who is in a team',
    access: 'manage',
    query: page,
    response: listOf(z.object({ name: z.string() })),
    async handle(call) {
      const { id } = await getTeam(call);
      const members = await call.parts.rows.identity.teams.listMembers(id, toPage(call.query));
      const { next } = toList(members, call.query.limit, ({ userId }) => userId);
      return { value: { items: members.map(({ name }) => ({ name })), ...(next !== undefined && { next }) } };
    },
  }),
  route({
    operation: 'addTeamMember',
    method: 'PUT',
    path: `${teamPath}/members/{user}`,
    summary: 'Put a member of the organisation into a team',
    access: 'manage',
    async handle(call) {
      const { id } = await getTeam(call);
      const user = await call.parts.identity.users.getByName(call.params['user'] ?? '');
      await call.parts.rows.identity.teams.addMember({ id, userId: user.id, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
  route({
    operation: 'removeTeamMember',
    method: 'DELETE',
    path: `${teamPath}/members/{user}`,
    summary: 'Take somebody out of a team',
    access: 'manage',
    async handle(call) {
      const { id } = await getTeam(call);
      const user = await call.parts.identity.users.getByName(call.params['user'] ?? '');
      await call.parts.rows.identity.teams.removeMember({ id, userId: user.id, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
];

/** Throws ACCOUNT_UNKNOWN. */
async function getTeam(call: Pick<ApiCall, 'params' | 'parts'>): Promise<Team> {
  const { id } = await getOrganisation(call);
  const found = await call.parts.rows.identity.teams.find(id, call.params['team'] ?? '');
  if (found === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { detail: { name: call.params['team'] } });
  return found;
}

function toTeam({ name, description }: Team): z.output<typeof team> {
  return { name, description };
}
