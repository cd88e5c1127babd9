/**
 * Whatever a command of yours can bring to a digest: a compose project, a virtual machine, a function.
 * It is given the release in its environment and is to end with 0 when that runs; it may be called again
 * for the same release. When it fails it is called for the release before.
 */
import { spawn } from 'node:child_process';
import type { Forwards } from './forward/forwards.ts';
import { type Started, type Target, TargetError, type Wish } from './target.ts';

export type CommandTargetOptions = {
  readonly command: readonly string[];
  /** The repository with its host. */
  readonly image: string;
  /** Keeps which release of each instance it was called for last; leads no connections. */
  readonly forwards: Forwards;
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
};

const outputMaxLength = 300;

export function commandTarget({ command, image, forwards, surroundings, timeoutMs }: CommandTargetOptions): Target {
  async function call(action: 'deploy' | 'remove', wish: Partial<Wish>, signal?: AbortSignal): Promise<void> {
    const [program = '', ...args] = command;
    const variables = {
      NARU_ACTION: action,
      NARU_INSTANCE: wish.instance,
      ...(wish.digest !== undefined && { NARU_DIGEST: wish.digest, NARU_IMAGE: `${image}@${wish.digest}` }),
      ...(wish.tag !== undefined && { NARU_TAG: wish.tag }),
      ...(wish.release !== undefined && { NARU_RELEASE: String(wish.release) }),
    };
    const ends = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
    const { exitCode, said } = await run(program, args, { ...surroundings, ...variables }, ends);
    signal?.throwIfAborted();
    if (exitCode !== 0) throw new TargetError(`the command ended with ${exitCode}${said === '' ? '' : `: ${said}`}`);
  }

  async function findServing(instance: string): Promise<Wish | undefined> {
    const serving = (await forwards.read())[instance];
    if (serving === undefined) return undefined;
    const { forwards: _none, ...wish } = serving;
    return { instance, ...wish };
  }

  async function serve({ instance, ...wish }: Wish): Promise<undefined> {
    await forwards.lead(instance, { ...wish, forwards: [] });
  }

  return {
    listInstances: async () => Object.keys(await forwards.read()),
    findServing,

    async start(wish, signal): Promise<Started> {
      try {
        await call('deploy', wish, signal);
      } catch (error) {
        const before = await findServing(wish.instance);
        if (before !== undefined && !signal.aborted) await call('deploy', before);
        throw error;
      }
      return { release: wish.release, whyDead: () => Promise.resolve(undefined) };
    },

    serve,

    async serveAgain(before) {
      await call('deploy', before);
      await serve(before);
    },

    async tidy(instance, keep) {
      if (keep !== undefined) return;
      await call('remove', { instance });
      await forwards.lead(instance, undefined);
    },

    discard: () => Promise.resolve(),
  };
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<{ exitCode: number | string; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-outputMaxLength)));
    }
    child.on('error', (error) => resolve({ exitCode: signal.aborted ? 'no answer in time' : 'an error', said: signal.aborted ? '' : error.message }));
    child.on('close', (code, by) => resolve({ exitCode: code ?? by ?? 'nothing', said: said.trim().split('\n').at(-1) ?? '' }));
  });
}
