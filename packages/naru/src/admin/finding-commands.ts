/** `naru findings`: what is vulnerable in an image. */
import { type ApiCommand, apiCommand, segment } from './api-command.ts';
import { findingsText } from './findings-text.ts';
import { imagePath } from './image-path.ts';

const one = { min: 1, max: 1 };
const filters = ['severity', 'package', 'id', 'state', 'platform', 'limit'] as const;

export const findingCommands = {
  findings: {
    ...apiCommand(
      'Show what is vulnerable in an image, the worst first: by the advisories that were brought in',
      'REPOSITORY[:TAG|@DIGEST]',
      one,
      [
        { name: 'severity', value: 'SEVERITY', description: 'As bad as this, or worse: critical, high, medium, low, negligible or unknown.' },
        { name: 'fixable', description: 'Only what a newer version mends.' },
        { name: 'exploited', description: 'Only what is known to be exploited.' },
        { name: 'package', value: 'NAME', description: 'Only in this package.' },
        { name: 'id', value: 'ID', description: 'Only this vulnerability, by any of its names.' },
        { name: 'state', value: 'STATE', description: 'open, all, or what was set aside: ignored, not_affected or fixed.', default: 'open' },
        { name: 'platform', value: 'PLATFORM', description: 'Of an index, the image for this platform, such as linux/arm64.' },
        { name: 'limit', value: 'N', description: 'So many of them, 100 unless told.' },
      ],
      ({ words: [target = ''], values, switches }) => {
        const query = [
          ...filters.flatMap((name) => (values[name] === undefined ? [] : [`${name}=${segment(values[name])}`])),
          ...(['fixable', 'exploited'] as const).filter((name) => switches.has(name)).map((name) => `${name}=true`),
        ];
        return { method: 'GET', path: `${imagePath(target)}/findings${query.length === 0 ? '' : `?${query.join('&')}`}` };
      },
    ),
    text: findingsText,
  },
} as const satisfies Record<string, ApiCommand>;
