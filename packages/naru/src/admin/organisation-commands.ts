/** `naru admin org|team …`: each is one request to /api/v1. */
import { type ApiCommand, apiCommand as command, segment } from './api-command.ts';

const none = { min: 0, max: 0 };
const one = { min: 1, max: 1 };
const two = { min: 2, max: 2 };
const three = { min: 3, max: 3 };

export const organisationCommands = {
  'admin org create': command(
    'Make an organisation',
    'NAME',
    one,
    [
      { name: 'owner', value: 'USER', description: 'Its first owner.' },
      { name: 'full-name', value: 'NAME', description: 'What people call it.' },
    ],
    ({ words: [name], values }) => ({ method: 'POST', path: '/organisations', body: { name, owner: values['owner'], fullName: values['full-name'] } }),
  ),
  'admin org ls': command('List all organisations', '', none, [], () => ({ method: 'GET', path: '/organisations?limit=1000' })),
  'admin org rm': command('Delete an organisation that has no repositories', 'ORG', one, [], ({ words: [org] }) => ({
    method: 'DELETE',
    path: `/namespaces/${segment(org)}`,
  })),
  'admin org members': command('List the members of an organisation', 'ORG', one, [], ({ words: [org] }) => ({
    method: 'GET',
    path: `${organisation(org)}/members?limit=1000`,
  })),
  'admin org add': command(
    'Make somebody a member or an owner',
    'ORG USER',
    two,
    [{ name: 'role', value: 'owner|member', description: 'What they are there.', default: 'member' }],
    ({ words: [org, user], values }) => ({ method: 'PUT', path: `${organisation(org)}/members/${segment(user)}`, body: { role: values['role'] } }),
  ),
  'admin org rm-member': command('Remove a member', 'ORG USER', two, [], ({ words: [org, user] }) => ({
    method: 'DELETE',
    path: `${organisation(org)}/members/${segment(user)}`,
  })),
  'admin org set': command(
    'Change an organisation: what all its members may do, and what people call it',
    'ORG',
    one,
    [
      { name: 'member-role', value: 'none|read|write|maintain|admin', description: 'The role of every member.' },
      { name: 'full-name', value: 'NAME', description: 'What people call it.' },
    ],
    ({ words: [org], values }) => ({
      method: 'PATCH',
      path: organisation(org),
      body: { memberRole: values['member-role'], fullName: values['full-name'] },
    }),
  ),
  'admin org invite': command(
    'Invite somebody by e-mail: the secret in the answer is good once, for the owner of the address',
    'ORG ADDRESS',
    two,
    [
      { name: 'role', value: 'owner|member', description: 'What they are there.', default: 'member' },
      { name: 'team', value: 'TEAM', description: 'Into this team as well.' },
    ],
    ({ words: [org, email], values }) => ({
      method: 'POST',
      path: `${organisation(org)}/invitations`,
      body: { email, role: values['role'], team: values['team'] },
    }),
  ),
  'admin org invitations': command('List the open invitations of an organisation', 'ORG', one, [], ({ words: [org] }) => ({
    method: 'GET',
    path: `${organisation(org)}/invitations?limit=1000`,
  })),
  'admin org withdraw': command('Withdraw an invitation', 'ORG ID', two, [], ({ words: [org, id] }) => ({
    method: 'DELETE',
    path: `${organisation(org)}/invitations/${segment(id)}`,
  })),

  'admin team create': command(
    'Make a team',
    'ORG TEAM',
    two,
    [{ name: 'description', value: 'TEXT', description: 'Whom it is for.' }],
    ({ words: [org, name], values }) => ({
      method: 'POST',
      path: `${organisation(org)}/teams`,
      body: { name, description: values['description'] },
    }),
  ),
  'admin team ls': command('List the teams of an organisation', 'ORG', one, [], ({ words: [org] }) => ({
    method: 'GET',
    path: `${organisation(org)}/teams?limit=1000`,
  })),
  'admin team rm': command('Delete a team with its grants: its members stay members', 'ORG TEAM', two, [], ({ words: [org, team] }) => ({
    method: 'DELETE',
    path: `${organisation(org)}/teams/${segment(team)}`,
  })),
  'admin team members': command('List the members of a team', 'ORG TEAM', two, [], ({ words: [org, team] }) => ({
    method: 'GET',
    path: `${organisation(org)}/teams/${segment(team)}/members?limit=1000`,
  })),
  'admin team add': command('Put a member into a team', 'ORG TEAM USER', three, [], ({ words: [org, team, user] }) => ({
    method: 'PUT',
    path: `${organisation(org)}/teams/${segment(team)}/members/${segment(user)}`,
  })),
  'admin team rm-member': command('Take somebody out of a team', 'ORG TEAM USER', three, [], ({ words: [org, team, user] }) => ({
    method: 'DELETE',
    path: `${organisation(org)}/teams/${segment(team)}/members/${segment(user)}`,
  })),
} as const satisfies Record<string, ApiCommand>;

function organisation(name: string | undefined): string {
  return `/organisations/${segment(name)}`;
}
