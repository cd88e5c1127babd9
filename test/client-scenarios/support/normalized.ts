/** What a command printed, without what differs between two runs of the same program. */
import type { RunResult } from '../../clients/support/run.ts';
import type { Step } from './steps.ts';

export type Said = { readonly exitCode: number; readonly stdout: readonly string[]; readonly stderr: readonly string[] };

export function normalized({ exitCode, stdout, stderr }: RunResult, folder: string, { ownLayers: hasOwnLayers }: Pick<Step, 'ownLayers'>): Said {
  const ownLayers = hasOwnLayers === true;
  return { exitCode, stdout: lines(stdout, folder, ownLayers), stderr: lines(stderr, folder, ownLayers) };
}

/**
 * Of each layer the last state, in the order of their names. This docker compresses anew for each push
 * and so makes another digest; digests of manifests are left out.
 */
function lines(text: string, folder: string, ownLayers: boolean): string[] {
  const states = new Map<string, string>();
  const others: string[] = [];
  const theirs = text.split('\n').filter((line) => !isOurs(line));
  for (const line of theirs.join('\n').trimEnd().split('\n')) {
    const [, id, state = ''] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (id !== undefined) states.set(id, state);
    else
      others.push(
        line
          .replace(/^(docker|naru): Error/, 'PROGRAM: Error')
          .replace(/'(docker|naru) run --help'/, "'PROGRAM run --help'")
          .replaceAll(/\b[0-9a-f]{64}\b(?<!sha256:[0-9a-f]{64})/g, 'ID')
          .replaceAll(/container [0-9a-f]{12} is/g, 'container ID is')
          .replaceAll(/'[^']*config\.json'/g, "'config.json'")
          .replaceAll(folder, 'FOLDER')
          .replaceAll(/digest: sha256:[0-9a-f]{64} size: \d+/g, 'digest: D size: N')
          .replaceAll(/@sha256:[0-9a-f]{64}/g, '@D')
          .replaceAll(/Digest: sha256:[0-9a-f]{64}/g, 'Digest: D')
          .replaceAll(/(lookup \S+?)( on \S+)?: .*$/g, '$1'),
      );
  }
  return [...others, ...[...states].map(([id, state]) => `${ownLayers ? 'ID' : id}: ${state}`).sort()];
}

/** No part of Docker's transcript. Of the warning, a step of its own sees that it is there. */
function isOurs(line: string): boolean {
  return (
    (line.startsWith('naru: ') && !line.startsWith('naru: Error response from daemon: ')) || line.startsWith('WARNING: registry.local:5000 speaks plain HTTP: ')
  );
}
