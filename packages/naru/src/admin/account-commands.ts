/**
 * `naru admin user|grant|repository|namespace|audit …`: each is one request to /api/v1, made of the words
 * and flags of the command line.
 */
import { size } from '@naru/server/config/values';
import type { Flag } from '../command-spec.ts';
import { type ApiCommand, apiCommand as command, type Given, segment } from './api-command.ts';
import { moment } from './moment.ts';

const passwordFlag: Flag = { name: 'password-stdin', description: 'Read the password from the standard input.' };
const visibilityFlag: Flag = { name: 'visibility', value: 'WHO', description: 'public, internal (everybody with an account) or private.' };

const one = { min: 1, max: 1 };
const two = { min: 2, max: 2 };
const none = { min: 0, max: 0 };

export const accountCommands = {
  'admin user create': command(
    'Make an account',
    'NAME',
    one,
    [
      { name: 'email', value: 'ADDRESS', description: 'Its e-mail address, which counts as verified.' },
      { name: 'full-name', value: 'NAME', description: 'What people call them.' },
      { name: 'admin', description: 'An administrator of the server.' },
      passwordFlag,
    ],
    ({ words: [name], values, switches, password }) => ({
      method: 'POST',
      path: '/users',
      body: { name, email: values['email'], fullName: values['full-name'], password, ...(switches.has('admin') && { administrator: true }) },
    }),
  ),
  'admin user ls': command('List accounts', '', none, [], () => ({ method: 'GET', path: '/users?limit=1000' })),
  'admin user rm': command('Delete an account that has no repositories', 'NAME', one, [], ({ words: [name] }) => ({
    method: 'DELETE',
    path: `/users/${segment(name)}`,
  })),
  'admin user set': command(
    'Change an account',
    'NAME',
    one,
    [
      { name: 'name', value: 'NAME', description: 'Another name, as long as no repository begins with this one.' },
      { name: 'admin', value: 'true|false', description: 'An administrator or not.' },
      { name: 'disabled', value: 'true|false', description: 'A disabled account can do nothing, and all its log-ins end.' },
      { name: 'email', value: 'ADDRESS', description: 'Its e-mail address, which counts as verified.' },
      { name: 'no-second-factor', description: 'Take the second factor away, for somebody who lost it.' },
      passwordFlag,
    ],
    ({ words: [name], values, switches, password }) => ({
      method: 'PATCH',
      path: `/users/${segment(name)}`,
      body: {
        name: values['name'],
        administrator: truth(values['admin']),
        disabled: truth(values['disabled']),
        email: values['email'],
        password,
        ...(switches.has('no-second-factor') && { secondFactor: false }),
      },
    }),
  ),

  'admin grant create': command(
    'Allow or deny something to somebody: SUBJECT is user:NAME, team:NAME, robot:NAME, ci:NAME or everybody',
    'NAMESPACE SUBJECT',
    two,
    [
      { name: 'role', value: 'read|write|maintain|admin', description: 'A bundle of actions.' },
      { name: 'action', value: 'ACTION', repeated: true, description: 'pull, push, tag:move, delete or manage.' },
      { name: 'repositories', value: 'PATTERN', description: 'acme/app, acme/* or acme/**. Without it: all of the namespace.' },
      { name: 'deny', description: 'Deny it: that beats every permission.' },
      { name: 'network', value: 'CIDR', repeated: true, description: 'Only for requests from there.' },
      { name: 'tag', value: 'PATTERN', repeated: true, description: 'Only for these tags.' },
    ],
    ({ words: [namespace, subject = ''], values, switches, lists }) => ({
      method: 'POST',
      path: `/namespaces/${segment(namespace)}/grants`,
      body: {
        subject: { kind: subject.split(':')[0], name: subject.split(':').slice(1).join(':') },
        role: values['role'],
        actions: lists?.['action'],
        repositories: values['repositories'],
        effect: switches.has('deny') ? 'deny' : 'allow',
        conditions: { networks: lists?.['network'], tags: lists?.['tag'] },
      },
    }),
  ),
  'admin grant ls': command(
    'List the grants of a namespace: "server" stands for those of the whole server',
    'NAMESPACE',
    one,
    [],
    ({ words: [namespace] }) => ({
      method: 'GET',
      path: `/namespaces/${segment(namespace)}/grants?limit=1000`,
    }),
  ),
  'admin grant rm': command('Take a grant back', 'NAMESPACE ID', two, [], ({ words: [namespace, id] }) => ({
    method: 'DELETE',
    path: `/namespaces/${segment(namespace)}/grants/${segment(id)}`,
  })),

  'admin repository ls': command('List all repositories', '', none, [], () => ({ method: 'GET', path: '/repositories?limit=1000' })),
  'admin repository create': command('Make an empty repository', 'NAME', one, [visibilityFlag], ({ words: [name], values }) => ({
    method: 'PUT',
    path: `/repositories/${name}`,
    body: { visibility: values['visibility'] },
  })),
  'admin repository set': command(
    'Change who may see a repository, and what it is said to be',
    'NAME',
    one,
    [visibilityFlag, { name: 'description', value: 'TEXT', description: 'One line that says what it is; "" takes it away.' }],
    ({ words: [name], values }) => ({
      method: 'PATCH',
      path: `/repositories/${name}`,
      body: { visibility: values['visibility'], description: values['description'] },
    }),
  ),
  'admin repository rename': command('Rename a repository, or move it to another namespace', 'FROM TO', two, [], ({ words: [from, to] }) => ({
    method: 'POST',
    path: `/repositories/${from}/-/rename`,
    body: { to },
  })),
  'admin repository rm': command('Delete a repository with all its images; this cannot be undone', 'NAME', one, [], ({ words: [name] }) => ({
    method: 'DELETE',
    path: `/repositories/${name}`,
  })),

  'admin namespace set': command(
    'Change the settings of a namespace',
    'NAMESPACE',
    one,
    [
      visibilityFlag,
      { name: 'network', value: 'CIDR', repeated: true, description: 'Only from there.' },
      { name: 'any-network', description: 'From everywhere again.' },
    ],
    ({ words: [namespace], values, lists, switches }) => ({
      method: 'PATCH',
      path: `/namespaces/${segment(namespace)}`,
      body: { visibility: values['visibility'], networks: switches.has('any-network') ? null : lists?.['network'] },
    }),
  ),

  'admin usage ls': command('List how much each namespace holds and may', '', none, [], () => ({ method: 'GET', path: '/usage?limit=1000' })),
  'admin usage show': command(
    'Show how much a namespace holds and may: "server" stands for the names of one part',
    'NAMESPACE',
    one,
    [],
    ({ words: [name] }) => ({
      method: 'GET',
      path: `/namespaces/${segment(name)}/usage`,
    }),
  ),
  'admin quota set': command(
    'Say how much a namespace may hold: what is over it stays, and nothing more comes in',
    'NAMESPACE BYTES|none',
    two,
    [],
    ({ words: [name, size] }) => ({ method: 'PUT', path: `/namespaces/${segment(name)}/quota`, body: { maxBytes: size === 'none' ? null : sizeOf(size) } }),
  ),
  'admin quota rm': command('Let a namespace hold what the server allows everybody', 'NAMESPACE', one, [], ({ words: [name] }) => ({
    method: 'DELETE',
    path: `/namespaces/${segment(name)}/quota`,
  })),

  'admin audit ls': command(
    'What was done, newest first',
    '',
    none,
    [
      { name: 'actor', value: 'NAME', description: 'By whom.' },
      { name: 'action', value: 'ACTION', description: 'What, such as tag.moved.' },
      { name: 'namespace', value: 'NAME', description: 'Where.' },
      { name: 'repository', value: 'NAME', description: 'In which repository.' },
      { name: 'digest', value: 'DIGEST', description: 'To which image or blob.' },
      { name: 'address', value: 'ADDRESS', description: 'From where.' },
      { name: 'since', value: 'TIME', description: 'Not before, such as 2026-11-01, 2026-11-01T09:30 or 24h.' },
      { name: 'until', value: 'TIME', description: 'Before, in the same form.' },
      { name: 'limit', value: 'N', description: 'How many entries.', default: '100' },
    ],
    ({ values, now }) => ({ method: 'GET', path: `/audit?${auditFilter(values, now)}` }),
  ),
  'admin audit export': command(
    'Print every entry of the audit in order: one JSON text a line, each naming the SHA-256 of the one before',
    '',
    none,
    [],
    () => ({
      method: 'GET',
      path: '/audit/entries',
    }),
  ),
  'admin audit verify': command('Check that nobody changed the audit: its entries are bound by a chain of hashes', '', none, [], () => ({
    method: 'GET',
    path: '/audit/verify',
  })),
} as const satisfies Record<string, ApiCommand>;

export type AccountCommandName = keyof typeof accountCommands;

function auditFilter({ actor, action, namespace, repository, digest, address, since, until, limit }: Given['values'], now: number): URLSearchParams {
  const asked = { actor, action, namespace, repository, digest, address, since: moment(since, now), until: moment(until, now), limit };
  return new URLSearchParams(Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** `500MB`, `10GiB`, or bytes. Anything else is passed on, and refused by the server with the name of the field. */
function sizeOf(text = ''): unknown {
  const parsed = size({}).safeParse(text);
  return parsed.success ? parsed.data : text;
}

/** Anything else is passed on, and refused by the server with the name of the field. */
export function truth(text: string | undefined): unknown {
  return text === 'true' ? true : text === 'false' ? false : text;
}
