/** `naru finding-rule …` and `naru vex import`: findings that are set aside, in a repository, a namespace or on the server. */
import { readFileSync } from 'node:fs';
import { type ApiCommand, apiCommand, type Given, segment } from './api-command.ts';

const placeFlags = [
  { name: 'repository', value: 'NAME', description: 'In this repository.' },
  { name: 'namespace', value: 'NAME', description: 'In all of this user or organisation. Without either: on the whole server.' },
] as const;
const one = { min: 1, max: 1 };
const dayMs = 86_400e3;

export const findingRuleCommands = {
  'finding-rule add': apiCommand(
    'Set the findings of a vulnerability aside: policies of the same place and below do not block by them',
    'VULNERABILITY',
    one,
    [
      { name: 'package', value: 'NAME', description: 'Only in this package.' },
      { name: 'status', value: 'STATUS', description: 'ignored, or as in VEX not_affected or fixed.', default: 'ignored' },
      { name: 'reason', value: 'TEXT', description: 'Why.' },
      { name: 'owner', value: 'NAME', description: 'Who answers for it; you, unless told.' },
      { name: 'days', value: 'N', description: 'How long; until it is taken away, unless told.' },
      ...placeFlags,
    ],
    (given) => ({ method: 'POST', path: place(given, 'finding-rules'), body: ruleOf(given) }),
  ),
  'finding-rule ls': apiCommand(
    'List which findings are set aside, 100 unless told',
    '',
    { min: 0, max: 0 },
    [{ name: 'limit', value: 'N', description: 'So many of them.' }, { name: 'after', value: 'ID', description: 'Go on behind this one.' }, ...placeFlags],
    (given) => {
      const query = (['limit', 'after'] as const).flatMap((name) => (given.values[name] === undefined ? [] : [`${name}=${segment(given.values[name])}`]));
      return { method: 'GET', path: `${place(given, 'finding-rules')}${query.length === 0 ? '' : `?${query.join('&')}`}` };
    },
  ),
  'finding-rule rm': apiCommand('Let findings that were set aside count again', 'ID', one, placeFlags, (given) => ({
    method: 'DELETE',
    path: `${place(given, 'finding-rules')}/${segment(given.words[0])}`,
  })),
  'vex import': apiCommand(
    'Take what a VEX document says as rules: OpenVEX or CSAF VEX, of which not_affected and fixed count',
    'FILE',
    one,
    placeFlags,
    (given) => ({ method: 'POST', path: place(given, 'vex'), body: documentIn(given.words[0] ?? '') }),
  ),
} as const satisfies Record<string, ApiCommand>;

function place({ values: { repository, namespace } }: Pick<Given, 'values'>, what: string): string {
  return repository === undefined ? `/namespaces/${segment(namespace ?? 'server')}/${what}` : `/repositories/${repository}/-/${what}`;
}

/** What is not understood goes to the server as it is: it says what is wrong. */
function ruleOf({ words: [vulnerability], values, now }: Given): Readonly<Record<string, unknown>> {
  const { package: name, status, reason, owner, days } = values;
  const expiresAt = days === undefined ? undefined : Math.round(now + Number(days) * dayMs);
  return { vulnerability, package: name, status, reason, owner, expiresAt };
}

/** The server judges what it says. */
function documentIn(file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new Error(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
