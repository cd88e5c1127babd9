/** `naru packages` and `naru sbom`: what is installed in an image, for people and for programs. */
import { type ApiCommand, apiCommand, segment } from './api-command.ts';
import { imagePath } from './image-path.ts';
import { packagesText } from './packages-text.ts';

const filters = ['type', 'name', 'limit', 'after'] as const;

export const packageCommands = {
  packages: {
    ...apiCommand(
      'Show what is installed in an image: with the layer and the step of the build that brought each',
      'REPOSITORY[:TAG|@DIGEST]',
      { min: 1, max: 1 },
      [
        { name: 'type', value: 'TYPE', description: 'Only of this type: deb, apk, rpm, npm, pypi, golang, cargo, maven, nuget, gem or composer.' },
        { name: 'name', value: 'NAME', description: 'Only packages of this name, or built from a source of this name.' },
        { name: 'limit', value: 'N', description: 'So many of them, 200 unless told, 1000 at most.' },
        { name: 'after', value: 'KEY', description: 'Go on behind this: the line before said it.' },
      ],
      ({ words: [target = ''], values }) => {
        const query = filters.flatMap((name) => (values[name] === undefined ? [] : [`${name}=${segment(values[name])}`]));
        return { method: 'GET', path: `${imagePath(target)}/packages${query.length === 0 ? '' : `?${query.join('&')}`}` };
      },
    ),
    text: packagesText,
  },
  sbom: {
    ...apiCommand(
      'Print what is installed in an image as a document for programs: nothing is printed of an image whose content is unknown',
      'REPOSITORY[:TAG|@DIGEST]',
      { min: 1, max: 1 },
      [
        { name: 'format', value: 'FORMAT', description: 'spdx (SPDX 2.3) or cyclonedx (CycloneDX 1.6), both as JSON.', default: 'spdx' },
        { name: 'attached', description: 'With what SBOMs that were attached to the image name, told apart.' },
      ],
      ({ words: [target = ''], values: { format = 'spdx' }, switches }) => ({
        method: 'GET',
        path: `${imagePath(target)}/sbom?format=${segment(format)}${switches.has('attached') ? '&attached=true' : ''}`,
      }),
    ),
    text: (body) => `${body.trimEnd()}\n`,
  },
} as const satisfies Record<string, ApiCommand>;
