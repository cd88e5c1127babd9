/** `naru webhook …`: each is one request to /api/v1, like the commands for accounts. */
import { type ApiCommand, apiCommand, type Given, segment } from './api-command.ts';

const placeFlags = [
  { name: 'repository', value: 'NAME', description: 'The webhooks of this repository.' },
  { name: 'namespace', value: 'NAME', description: 'Those of this user or organisation. Without either: those of the whole server.' },
] as const;
const one = { min: 1, max: 1 };
const two = { min: 2, max: 2 };

export const webhookCommands = {
  'webhook create': apiCommand(
    'Have a receiver told of what happens: what is printed holds the secret, which is shown once',
    '',
    { min: 0, max: 0 },
    [
      { name: 'url', value: 'URL', description: 'Where the messages go: https://…, or mailto:… for people.' },
      { name: 'secret', value: 'TEXT', description: 'What messages are signed with. Without it one is made.' },
      {
        name: 'events',
        value: 'KINDS',
        description: 'Separated by commas: pushed, deleted, created, all, or kinds such as tag.moved.',
        default: 'pushed,deleted,created',
      },
      { name: 'format', value: 'FORMAT', description: 'standard, cloudevents, docker-hub, distribution, slack, mattermost or email.' },
      { name: 'tag', value: 'PATTERN', repeated: true, description: 'Only for these tags, such as v*.' },
      { name: 'versions', value: 'RANGE', description: 'Only for tags that are versions in this range, such as ^1.2.' },
      { name: 'platform', value: 'PLATFORM', repeated: true, description: 'Only for images that run there, such as linux/arm64.' },
      { name: 'allow-private-address', description: 'Even where the receiver is in a private network; for administrators of the server.' },
      ...placeFlags,
    ],
    ({ values, switches, lists, ...given }) => ({
      method: 'POST',
      path: place({ values, ...given }),
      body: {
        url: values['url'],
        secret: values['secret'],
        events: values['events']?.split(','),
        format: values['format'],
        tags: lists?.['tag'],
        versions: values['versions'],
        platforms: lists?.['platform'],
        allowPrivateAddress: switches.has('allow-private-address'),
      },
    }),
  ),
  'webhook list': apiCommand('List webhooks', '', { min: 0, max: 0 }, placeFlags, (given) => ({ method: 'GET', path: place(given) })),
  'webhook show': apiCommand('Show a webhook', 'ID', one, placeFlags, (given) => ({ method: 'GET', path: webhook(given) })),
  'webhook set': apiCommand(
    'Disable or enable a webhook',
    'ID',
    one,
    [{ name: 'disabled', value: 'true|false', description: 'What happens while it is disabled is not delivered later.' }, ...placeFlags],
    (given) => ({ method: 'PATCH', path: webhook(given), body: { disabled: given.values['disabled'] === 'true' } }),
  ),
  'webhook rm': apiCommand('Delete a webhook with its deliveries', 'ID', one, placeFlags, (given) => ({ method: 'DELETE', path: webhook(given) })),
  'webhook test': apiCommand('Send a test now, and print what the receiver answered', 'ID', one, placeFlags, (given) => ({
    method: 'POST',
    path: `${webhook(given)}/test`,
  })),
  'webhook deliveries': apiCommand(
    'List the deliveries of a webhook, newest first: or show one, with its requests and answers',
    'ID [DELIVERY]',
    { min: 1, max: 2 },
    placeFlags,
    (given) => ({ method: 'GET', path: `${webhook(given)}/deliveries${given.words[1] === undefined ? '?limit=100' : `/${segment(given.words[1])}`}` }),
  ),
  'webhook redeliver': apiCommand('Deliver a message again, under the same id', 'ID DELIVERY', two, placeFlags, (given) => ({
    method: 'POST',
    path: `${webhook(given)}/deliveries/${segment(given.words[1])}/redeliver`,
  })),
} as const satisfies Record<string, ApiCommand>;

function place({ values: { repository, namespace } }: Pick<Given, 'values'>): string {
  return repository === undefined ? `/namespaces/${segment(namespace ?? 'server')}/webhooks` : `/repositories/${repository}/-/webhooks`;
}

function webhook(given: Given): string {
  return `${place(given)}/${segment(given.words[0])}`;
}
