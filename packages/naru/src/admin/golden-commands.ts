/** `naru lineage`, `naru lint` and `naru golden …`: which image was built on which, how well, and on what it is to be built. */
import { type ApiCommand, apiCommand, type Given, segment } from './api-command.ts';
import { imagePath, splitImage } from './image-path.ts';
import { lineageText } from './lineage-text.ts';
import { lintText } from './lint-text.ts';

const one = { min: 1, max: 1 };
const two = { min: 2, max: 2 };
const dayMs = 24 * 3600e3;
const repositoryFlag = { name: 'repository', description: 'The name is of a repository, also when it has one part.' };
const policyFlags = [
  { name: 'from', value: 'NAMESPACE', repeated: true, description: 'Whose catalogue counts. Without: the own namespace.' },
  { name: 'current', description: 'Only what is golden now is good enough.' },
  { name: 'report', description: 'Refuse nothing, and send the event base.missing instead.' },
  repositoryFlag,
] as const;

export const goldenCommands = {
  lineage: {
    ...apiCommand(
      'Show what an image was built on, and what was built on it: by its layers, whatever its labels say',
      'REPOSITORY[:TAG|@DIGEST]',
      one,
      [{ name: 'limit', value: 'N', description: 'So many of those that were built on it, 50 unless told.' }],
      ({ words: [target = ''], values }) => ({ method: 'GET', path: `${imagePath(target)}/lineage?limit=${segment(values['limit'] ?? '50')}` }),
    ),
    text: lineageText,
  },
  lint: {
    ...apiCommand(
      'Say what is amiss with an image on the server: its user, base, tags and secrets, and what each instruction costs',
      'REPOSITORY[:TAG|@DIGEST]',
      one,
      [],
      ({ words: [target = ''] }) => ({ method: 'GET', path: `${imagePath(target)}/lint` }),
    ),
    text: lintText,
  },
  'golden add': apiCommand(
    'Approve the images under tags of a repository as golden: TAGS is a tag, a pattern like 3.*, {semver} or {release}',
    'NAMESPACE REPOSITORY:TAGS',
    { min: 2, max: 2 },
    [
      { name: 'reason', value: 'TEXT', description: 'Why: it stands in the catalogue.' },
      { name: 'days', value: 'N', description: 'Approve it for so many days. Without: for good.' },
    ],
    ({ words: [namespace, target = ''], values, now }) => {
      const { repository, tag } = splitImage(target);
      return {
        method: 'POST',
        path: catalogue(namespace),
        body: { repository, tags: tag, reason: values['reason'], ...(values['days'] !== undefined && { until: now + Number(values['days']) * dayMs }) },
      };
    },
  ),
  'golden ls': apiCommand('List the golden images that a namespace has approved', 'NAMESPACE', one, [], ({ words: [namespace] }) => ({
    method: 'GET',
    path: catalogue(namespace),
  })),
  'golden rm': apiCommand('Take a golden image out of the catalogue: ID is what the list says', 'NAMESPACE ID', two, [], ({ words: [namespace, id] }) => ({
    method: 'DELETE',
    path: `${catalogue(namespace)}/${segment(id)}`,
  })),
  'golden outdated': apiCommand(
    'List the images that stand on a former version of a golden image: ID is what the list says',
    'NAMESPACE ID',
    two,
    [],
    ({ words: [namespace, id] }) => ({ method: 'GET', path: `${catalogue(namespace)}/${segment(id)}/outdated?limit=200` }),
  ),
  'golden require': apiCommand(
    'Refuse pushes of images that stand on no golden image: of a repository, or of all in a namespace that say nothing themselves',
    'NAMESPACE|REPOSITORY',
    one,
    policyFlags,
    (given) => ({ method: 'PUT', path: policyPath(given), body: policyOf(given) }),
  ),
  'golden preview': apiCommand('Say which tags a policy would refuse now, and change nothing', 'NAMESPACE|REPOSITORY', one, policyFlags, (given) => ({
    method: 'POST',
    path: `${policyPath(given)}/preview`,
    body: policyOf(given),
  })),
  'golden policy': apiCommand('Show whether images must stand on a golden image', 'NAMESPACE|REPOSITORY', one, [repositoryFlag], (given) => ({
    method: 'GET',
    path: policyPath(given),
  })),
  'golden unrequire': apiCommand('Ask no more that images stand on a golden image', 'NAMESPACE|REPOSITORY', one, [repositoryFlag], (given) => ({
    method: 'DELETE',
    path: policyPath(given),
  })),
} as const satisfies Record<string, ApiCommand>;

function catalogue(namespace: string | undefined): string {
  return `/namespaces/${segment(namespace)}/golden-images`;
}

function policyPath({ words: [name = ''], switches }: Pick<Given, 'words' | 'switches'>): string {
  const isRepository = name.includes('/') || switches.has('repository');
  return isRepository ? `/repositories/${name}/-/golden-policy` : `/namespaces/${segment(name)}/golden-policy`;
}

function policyOf({ lists, switches }: Pick<Given, 'lists' | 'switches'>): Readonly<Record<string, unknown>> {
  return { mode: switches.has('report') ? 'report' : 'enforce', from: lists?.['from'], former: !switches.has('current') };
}
