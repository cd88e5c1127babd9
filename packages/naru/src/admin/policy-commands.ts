/** `naru policy …`: what must be so before an image is pulled, exceptions to it, and what would be blocked. */
import { type ApiCommand, apiCommand, type Given, segment } from './api-command.ts';

const placeFlags = [
  { name: 'repository', value: 'NAME', description: 'Of this repository.' },
  { name: 'namespace', value: 'NAME', description: 'Of this user or organisation. Without either: of the whole server.' },
] as const;
const policyFlags = [
  { name: 'quarantine', description: 'Nothing is pulled before it was checked.' },
  { name: 'scanned-by', value: 'NAME', repeated: true, description: 'Nothing is pulled before this scanner of others has reported; * for all.' },
  {
    name: 'block',
    value: 'RULE',
    repeated: true,
    description: 'Block what has such a finding: a severity, fixable, exploited, older=DAYS, epss=0.5; several separated by commas must all hold.',
  },
  { name: 'signed-by', value: 'NAME', repeated: true, description: 'A trusted signer, or * for any, must have signed it.' },
  { name: 'require', value: 'WHAT', repeated: true, description: 'sbom or provenance must come beside it; any-sbom: one that the server made will do.' },
  { name: 'forbid-secrets', description: 'No passwords and keys inside.' },
  { name: 'forbid-licence', value: 'NAME', repeated: true, description: 'No package with such a licence, like AGPL-*.' },
  { name: 'forbid-configuration', value: 'RULE', repeated: true, description: 'No image with this remark of naru lint, such as root-user or setuid-file.' },
  { name: 'checked-within-days', value: 'N', description: 'The last check may be this old.' },
  { name: 'may-loosen', description: 'Narrower levels may demand less than this.' },
  { name: 'off', value: 'FIELD', repeated: true, description: 'Say that this is not demanded, where the wider level lets you: quarantine, block, signedBy …' },
] as const;
const none = { min: 0, max: 0 };
const one = { min: 1, max: 1 };

export const policyCommands = {
  'policy get': apiCommand('Show a policy: what must be so before an image is pulled', '', none, placeFlags, (given) => ({
    method: 'GET',
    path: place(given),
  })),
  'policy set': apiCommand('Replace a policy: all images are judged by it in a moment', '', none, [...policyFlags, ...placeFlags], (given) => ({
    method: 'PUT',
    path: place(given),
    body: policyOf(given),
  })),
  'policy rm': apiCommand('Take a policy away', '', none, placeFlags, (given) => ({ method: 'DELETE', path: place(given) })),
  'policy check': apiCommand(
    'Say what would be blocked now, and block nothing: without demands by the policies that hold',
    '',
    none,
    [...policyFlags, ...placeFlags],
    (given) => ({
      method: 'POST',
      path: `${place(given)}/check`,
      body: Object.keys(policyOf(given)).length > 0 ? { policy: policyOf(given) } : {},
    }),
  ),
  'policy verdict': apiCommand(
    'Say whether an image may be pulled, and why not: REFERENCE is a tag or a digest',
    'REPOSITORY REFERENCE',
    { min: 2, max: 2 },
    [],
    ({ words: [name, reference] }) => ({ method: 'GET', path: `/repositories/${name}/-/images/${segment(reference)}/verdict` }),
  ),
  'policy exception add': apiCommand(
    'Lift for a while what a policy demands',
    '',
    none,
    [
      { name: 'finding', value: 'ID', description: 'This advisory, such as CVE-2024-1234.' },
      { name: 'package', value: 'NAME', description: 'In this package.' },
      { name: 'image', value: 'DIGEST', description: 'In this image.' },
      { name: 'rule', value: 'RULE', description: 'This demand: finding, signature, sbom, provenance, secret, licence, check-age or quarantine.' },
      { name: 'reason', value: 'TEXT', description: 'Why.' },
      { name: 'owner', value: 'NAME', description: 'Who answers for it; you, unless told.' },
      { name: 'days', value: 'N', description: 'How long.', default: '30' },
      ...placeFlags,
    ],
    (given) => ({
      method: 'POST',
      path: `${place(given)}/exceptions`,
      body: {
        target: { finding: given.values['finding'], package: given.values['package'], digest: given.values['image'], rule: given.values['rule'] },
        reason: given.values['reason'],
        owner: given.values['owner'],
        endsAt: Math.round(given.now + Number(given.values['days'] ?? 30) * 86_400e3),
      },
    }),
  ),
  'policy exception ls': apiCommand('List exceptions', '', none, placeFlags, (given) => ({ method: 'GET', path: `${place(given)}/exceptions` })),
  'policy exception rm': apiCommand('End an exception now', 'ID', one, placeFlags, (given) => ({
    method: 'DELETE',
    path: `${place(given)}/exceptions/${segment(given.words[0])}`,
  })),
} as const satisfies Record<string, ApiCommand>;

function place({ values }: Pick<Given, 'values'>): string {
  const { repository, namespace } = values;
  if (repository !== undefined) return `/repositories/${repository}/-/policy`;
  return `/namespaces/${segment(namespace ?? 'server')}/policy`;
}

const empty: Readonly<Record<string, unknown>> = {
  quarantine: false,
  scannedBy: [],
  block: [],
  signedBy: [],
  require: [],
  forbidSecrets: false,
  forbidLicences: [],
  forbidConfiguration: [],
  checkedWithinDays: 0,
};

/** What is not understood goes to the server as it is: it says what is wrong. */
function policyOf({ values, switches, lists }: Given): Readonly<Record<string, unknown>> {
  const within = values['checked-within-days'];
  const given = {
    quarantine: switches.has('quarantine') ? true : undefined,
    scannedBy: lists?.['scanned-by'],
    block: lists?.['block']?.map(toRule),
    signedBy: lists?.['signed-by'],
    require: lists?.['require'],
    forbidSecrets: switches.has('forbid-secrets') ? true : undefined,
    forbidLicences: lists?.['forbid-licence'],
    forbidConfiguration: lists?.['forbid-configuration'],
    checkedWithinDays: within === undefined ? undefined : Number(within),
    mayLoosen: switches.has('may-loosen') ? true : undefined,
    ...Object.fromEntries((lists?.['off'] ?? []).map((field) => [field, empty[field] ?? null])),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function toRule(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    text.split(',').map((word): [string, unknown] => {
      const [name = '', value] = word.split('=');
      if (name === 'fixable' || name === 'exploited') return [name, true];
      if (name === 'older') return ['olderThanDays', Number(value)];
      return name === 'epss' ? ['epss', Number(value)] : ['severity', name];
    }),
  );
}
