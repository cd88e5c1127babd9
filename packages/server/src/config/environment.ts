/** The `NARU_*` environment, read into written values. What is no setting is refused. */
import type { Given } from './given.ts';
import { type Problem, unknownProblem } from './problem.ts';
import { settings } from './settings.ts';
import { findSuggestion } from './suggestion.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const configFileVariable = 'NARU_CONFIG';

export function readEnvironment(environment: Environment): { given: Given[]; problems: Problem[] } {
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !name.startsWith('NARU_') || isNotOurs(name, value)) continue;
    const setting = settings.find((one) => one.env === name);
    if (setting !== undefined) given.push({ setting, value, source: name, kind: 'environment' });
    else problems.push(unknownProblem(name, 'the environment', 'variable', findSuggestion(name, [...settings.map((one) => one.env), configFileVariable])));
  }
  return { given, problems };
}

/** What other commands of the program read: whoever has them set for good starts a server all the same. */
const ofOtherCommands: readonly string[] = [
  'NARU_TOKEN',
  'NARU_SERVER',
  'NARU_USER',
  'NARU_CLIENT_CONFIG',
  'NARU_DATA_ROOT',
  'NARU_KUBERNETES_ACCOUNT',
  'NARU_KUBERNETES_SCHEME',
];

/**
 * `NARU_TEST_*` steers our own tests. Kubernetes sets the rest in every pod of a namespace that has
 * a Service called `naru`, and `NARU_PORT=tcp://10.0.0.1:5000` among them is not a port.
 */
function isNotOurs(name: string, value: string): boolean {
  const isServiceLink = name.startsWith('NARU_SERVICE_') || /^NARU_PORT_\d+_(?:TCP|UDP)/.test(name) || (name === 'NARU_PORT' && /^(?:tcp|udp):/.test(value));
  return name === configFileVariable || ofOtherCommands.includes(name) || name.startsWith('NARU_TEST_') || isServiceLink;
}
