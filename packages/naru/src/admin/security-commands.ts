/** `naru security`: how vulnerable all images of a user or an organisation are. */
import { type ApiCommand, apiCommand, segment } from './api-command.ts';
import { securityText } from './security-text.ts';

const one = { min: 1, max: 1 };
const lists = ['images', 'repositories', 'vulnerabilities', 'packages', 'bases', 'rebuilds', 'days'];

export const securityCommands = {
  security: {
    ...apiCommand(
      'Show how vulnerable a user or an organisation is: all images that its tags lead to, each vulnerability of a package once',
      'NAMESPACE',
      one,
      [
        { name: 'list', value: 'LIST', description: 'One of these instead: images, repositories, vulnerabilities, packages, bases, rebuilds or days.' },
        { name: 'order', value: 'ORDER', description: 'Of images, by severity, exploited, epss or fixable.' },
        { name: 'days', value: 'N', description: 'So many of the last days, 90 unless told.' },
        { name: 'limit', value: 'N', description: 'So many of them, 50 unless told.' },
        { name: 'after', value: 'N', description: 'Leave out so many.' },
      ],
      ({ words: [namespace], values: { list, ...values } }) => {
        if (list !== undefined && !lists.includes(list)) throw new Error(`--list is one of ${lists.join(', ')}`);
        const query = (['order', 'days', 'limit', 'after'] as const).flatMap((name) =>
          values[name] === undefined ? [] : [`${name}=${segment(values[name])}`],
        );
        const path = `/namespaces/${segment(namespace)}/security${list === undefined ? '' : `/${list}`}`;
        return { method: 'GET', path: `${path}${query.length === 0 ? '' : `?${query.join('&')}`}` };
      },
    ),
    text: securityText,
  },
} as const satisfies Record<string, ApiCommand>;
