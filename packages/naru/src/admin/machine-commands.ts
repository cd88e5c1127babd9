/** `naru admin robot|token|trusted-issuer …`: each is one request to /api/v1. */
import { truth } from './account-commands.ts';
import { type ApiCommand, apiCommand as command, segment } from './api-command.ts';

const one = { min: 1, max: 1 };
const two = { min: 2, max: 2 };

export const machineCommands = {
  'admin robot create': command(
    'Make an account without a person',
    'NAMESPACE NAME',
    two,
    [{ name: 'description', value: 'TEXT', description: 'What it is for.' }],
    ({ words: [namespace, name], values }) => ({
      method: 'POST',
      path: `/namespaces/${segment(namespace)}/robots`,
      body: { name, description: values['description'] },
    }),
  ),
  'admin robot ls': command('List the robots of a namespace', 'NAMESPACE', one, [], ({ words: [namespace] }) => ({
    method: 'GET',
    path: `/namespaces/${segment(namespace)}/robots?limit=1000`,
  })),
  'admin robot set': command(
    'Disable a robot account, or let it work again',
    'NAMESPACE NAME',
    two,
    [{ name: 'disabled', value: 'true|false', description: 'A disabled robot can do nothing; its tokens stay for later.' }],
    ({ words: [namespace, name], values }) => ({
      method: 'PATCH',
      path: `/namespaces/${segment(namespace)}/robots/${segment(name)}`,
      body: { disabled: truth(values['disabled']) },
    }),
  ),
  'admin robot rm': command('Delete a robot account with its tokens', 'NAMESPACE NAME', two, [], ({ words: [namespace, name] }) => ({
    method: 'DELETE',
    path: `/namespaces/${segment(namespace)}/robots/${segment(name)}`,
  })),

  'admin token create': command(
    'Make an access token, which is shown once: OWNER is a user, or a robot as NAMESPACE+NAME',
    'OWNER',
    one,
    [
      { name: 'name', value: 'TEXT', description: 'What it is for.', default: 'made by naru admin' },
      { name: 'action', value: 'ACTION', repeated: true, description: 'pull, push, tag:move, delete or manage. Without any: all that the owner may do.' },
      { name: 'repositories', value: 'PATTERN', repeated: true, description: 'Only for these.' },
      { name: 'days', value: 'N', description: 'How long it is good. Without it: until it is deleted.' },
    ],
    ({ words: [owner], values, lists, now }) => ({
      method: 'POST',
      path: `${ownerPath(owner)}/tokens`,
      body: {
        name: values['name'] ?? 'made by naru admin',
        actions: lists?.['action'],
        repositories: lists?.['repositories'],
        expiresAt: values['days'] === undefined ? undefined : now + Number(values['days']) * 86_400_000,
      },
    }),
  ),
  'admin token ls': command('List the access tokens of a user or a robot', 'OWNER', one, [], ({ words: [owner] }) => ({
    method: 'GET',
    path: `${ownerPath(owner)}/tokens?limit=1000`,
  })),
  'admin token rm': command('Revoke an access token', 'OWNER ID', two, [], ({ words: [owner, id] }) => ({
    method: 'DELETE',
    path: `${ownerPath(owner)}/tokens/${segment(id)}`,
  })),

  'admin trusted-issuer create': command(
    'Trust the tokens of a CI: those whose claims match, and for what grants to ci:NAME say',
    'NAMESPACE NAME',
    two,
    [
      { name: 'issuer', value: 'URL', description: 'Who signs the tokens, such as https://token.actions.githubusercontent.com.' },
      { name: 'audience', value: 'TEXT', description: 'Whom the tokens must be for.' },
      { name: 'claim', value: 'NAME=PATTERN', repeated: true, description: 'What a token must say, such as repository=acme/*. All of them.' },
    ],
    ({ words: [namespace, name], values: { issuer, audience }, lists }) => ({
      method: 'POST',
      path: `/namespaces/${segment(namespace)}/trusted-issuers`,
      body: { name, issuer, audience, claims: claims(lists?.['claim']) },
    }),
  ),
  'admin trusted-issuer ls': command('List whose tokens a namespace trusts', 'NAMESPACE', one, [], ({ words: [namespace] }) => ({
    method: 'GET',
    path: `/namespaces/${segment(namespace)}/trusted-issuers?limit=1000`,
  })),
  'admin trusted-issuer rm': command('Stop trusting an issuer, at once', 'NAMESPACE NAME', two, [], ({ words: [namespace, name] }) => ({
    method: 'DELETE',
    path: `/namespaces/${segment(namespace)}/trusted-issuers/${segment(name)}`,
  })),
} as const satisfies Record<string, ApiCommand>;

/** `kim`, or the robot `acme+deploy`. */
function ownerPath(owner = ''): string {
  const plus = owner.indexOf('+');
  return plus < 0 ? `/users/${segment(owner)}` : `/namespaces/${segment(owner.slice(0, plus))}/robots/${segment(owner.slice(plus + 1))}`;
}

/** What has no `=` is passed on as a claim without a pattern, and refused by the server. */
function claims(written: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    written.map((claim) => {
      const equals = claim.indexOf('=');
      return equals < 0 ? [claim, ''] : [claim.slice(0, equals), claim.slice(equals + 1)];
    }),
  );
}
