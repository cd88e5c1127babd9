/** Containers without an engine: `naru run` and its like, as programs, on a machine that has nothing but Naru and an OCI runtime. */
import { spawn } from 'node:child_process';
import { parseJson } from '../json-http.ts';
import { writeRegistryLogin } from '../state-folder.ts';
import { TargetError } from '../target.ts';
import type { EngineApi, EngineContainer, RegistryLogin } from './engine-api.ts';

export type OwnEngineOptions = {
  /** This program; a command of it follows. */
  readonly command: readonly string[];
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  /** For the login, which is in no command line. */
  readonly folder: string;
  readonly login?: RegistryLogin | undefined;
};

const stopSeconds = 10;
const outputMaxLength = 4 * 1024 * 1024;

type Ran = { readonly exitCode: number; readonly output: string; readonly said: string };

export function openOwnEngine({ command, surroundings, folder, login }: OwnEngineOptions): EngineApi {
  const env = { ...surroundings, LANG: 'C', LC_ALL: 'C' };

  function naru(words: readonly string[], signal?: AbortSignal): Promise<Ran> {
    const [program = '', ...args] = [...command, ...words];
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
      let [output, said] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-outputMaxLength)));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-outputMaxLength)));
      child.on('error', reject);
      child.on('close', (code) => resolve({ exitCode: code ?? 255, output, said }));
    });
  }

  async function must(words: readonly string[], signal?: AbortSignal): Promise<string> {
    const { exitCode, output, said } = await naru(words, signal);
    if (exitCode !== 0) throw new TargetError(`naru ${words[0]}: ${said.trim().split('\n').at(-1) ?? exitCode}`);
    return output;
  }

  /** Those that went between the list and the look are left out. */
  async function inspect(ids: readonly string[]): Promise<Inspected[]> {
    if (ids.length === 0) return [];
    const { output } = await naru(['container', 'inspect', ...ids]);
    const found = parseJson(output);
    return Array.isArray(found) ? (found as Inspected[]) : []; // our own program wrote it
  }

  return {
    async pull(image, digest, signal) {
      const config = login === undefined ? [] : ['--config', await writeRegistryLogin(folder, login)];
      await must(['pull', '--quiet', ...config, `${image}@${digest}`], signal).catch((error: unknown) => {
        if (error instanceof TargetError) throw new TargetError(`it cannot be pulled: ${error.message}`);
        throw error;
      });
    },

    async list(labels) {
      const ids = await must(['ps', '-aq', '--no-trunc', ...labels.flatMap((label) => ['--filter', `label=${label}`])]);
      return (await inspect(ids.split('\n').filter(Boolean))).map(({ Id, Config, State }): EngineContainer => ({
        id: Id,
        labels: Config.Labels ?? {},
        isRunning: State.Running,
      }));
    },

    async run({ name, image, environment, labels, binds, ports }) {
      const words = ['run', '--detach', '--name', name, '--restart', 'unless-stopped'];
      for (const each of environment) words.push('--env', each);
      for (const [label, value] of Object.entries(labels)) words.push('--label', `${label}=${value}`);
      for (const bind of binds) words.push('--volume', bind);
      for (const [inside, outside] of Object.entries(ports)) words.push('--publish', `127.0.0.1:${outside}:${inside}`);
      return (await must([...words, image])).trim();
    },

    async whyEnded(id) {
      const [container] = await inspect([id]);
      if (container === undefined) return 'its container is gone';
      const { State: state, RestartCount: restarts } = container;
      if (state.Running && !state.Restarting && restarts === 0) return undefined;
      return state.ExitCode === 0 ? 'it ended' : `it ended with exit code ${state.ExitCode}`;
    },

    exec: async (id, words, signal) => (await naru(['exec', id, ...words], signal)).exitCode,

    async remove(id) {
      await naru(['stop', '--time', String(stopSeconds), id]);
      const { exitCode, said } = await naru(['rm', '--force', id]);
      if (exitCode !== 0 && (await inspect([id])).length > 0) throw new Error(`naru rm ended with ${exitCode}: ${said.trim()}`);
    },
  };
}

type Inspected = {
  readonly Id: string;
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly State: { readonly Running: boolean; readonly Restarting: boolean; readonly ExitCode: number };
  readonly RestartCount: number;
};
