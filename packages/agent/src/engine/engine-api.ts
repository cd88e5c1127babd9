/** The part of the Docker Engine API that a deployment needs. No version is named: each engine speaks its newest, Podman too, and what is used here is in all of them. */
import { askJson, type Endpoint, parseJson } from '../json-http.ts';
import type { Surroundings } from '../surroundings.ts';
import { TargetError } from '../target.ts';

export type EngineContainer = { readonly id: string; readonly labels: Readonly<Record<string, string>>; readonly isRunning: boolean };

export type NewContainer = {
  readonly name: string;
  readonly image: string;
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly binds: readonly string[];
  /** From a port of the container to one of this machine's own address. */
  readonly ports: Readonly<Record<number, number>>;
};

export type EngineApi = {
  /** Throws TargetError with the engine's words, as when the registry refuses. */
  pull(image: string, digest: string, signal: AbortSignal): Promise<void>;
  list(labels: readonly string[]): Promise<EngineContainer[]>;
  /** Created and started. Throws TargetError. */
  run(container: NewContainer): Promise<string>;
  /** Undefined while it runs. */
  whyEnded(id: string): Promise<string | undefined>;
  exec(id: string, command: readonly string[], signal: AbortSignal): Promise<number>;
  /** Asked to end, and by force after some seconds. */
  remove(id: string): Promise<void>;
};

/** Of the registry, for the engine to pull with. */
export type RegistryLogin = { readonly username: string; readonly password: string; readonly serveraddress: string };

const stopSeconds = 10;
const betweenLooksMs = 100;
/** A pull says something all the time. */
const pullSilenceMs = 120_000;

export function openEngineApi(socketPath: string, { sleep }: Pick<Surroundings, 'sleep'>, login?: RegistryLogin): EngineApi {
  const endpoint: Endpoint = { url: 'http://engine', socketPath };

  async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; value: unknown }> {
    const { status, text } = await askJson(endpoint, { method, path, ...(body !== undefined && { body }), silenceMs: 60_000 });
    return { status, value: text === '' ? undefined : parseJson(text) };
  }

  async function must(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const { status, value } = await ask(method, path, body);
    const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>; // each field is looked at
    if (status >= 400) throw new TargetError(`the engine says: ${textOf(fields['message']) ?? status}`);
    return fields;
  }

  return {
    async pull(image, digest, signal) {
      const query = new URLSearchParams({ fromImage: image, tag: digest });
      let complaint: string | undefined;
      const { status } = await askJson(endpoint, {
        method: 'POST',
        path: `/images/create?${query}`,
        headers: login === undefined ? {} : { 'x-registry-auth': encode(login) },
        silenceMs: pullSilenceMs,
        signal,
        onLine: (line) => {
          const said = (parseJson(line) ?? {}) as Record<string, unknown>; // each field is looked at
          complaint ??= textOf(said['error']) ?? textOf(said['message']) ?? textOf(said['cause']);
        },
      });
      if (complaint !== undefined || status >= 400) throw new TargetError(`it cannot be pulled: ${complaint ?? `the engine answered ${status}`}`);
    },

    async list(labels) {
      const query = new URLSearchParams({ all: 'true', filters: JSON.stringify({ label: labels }) });
      const { status, value } = await ask('GET', `/containers/json?${query}`);
      if (status !== 200 || !Array.isArray(value)) throw new Error(`the engine answered ${status} when it was asked for its containers`);
      return (value as Record<string, unknown>[]).map((one) => ({
        id: textOf(one['Id']) ?? '',
        labels: (one['Labels'] ?? {}) as Record<string, string>, // labels are texts
        isRunning: one['State'] === 'running',
      }));
    },

    async run({ name, image, environment, labels, binds, ports }) {
      const bindings = Object.fromEntries(
        Object.entries(ports).map(([inside, outside]) => [`${inside}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(outside) }]]),
      );
      const made = await must('POST', `/containers/create?name=${encodeURIComponent(name)}`, {
        Image: image,
        Env: environment,
        Labels: labels,
        ExposedPorts: Object.fromEntries(Object.keys(bindings).map((port) => [port, {}])),
        HostConfig: { PortBindings: bindings, Binds: binds, RestartPolicy: { Name: 'unless-stopped' } },
      });
      const id = textOf(made['Id']) ?? '';
      await must('POST', `/containers/${id}/start`);
      return id;
    },

    async whyEnded(id) {
      const { status, value } = await ask('GET', `/containers/${id}/json`);
      if (status === 404) return 'its container is gone';
      const { State: state, RestartCount: restarts } = (value ?? {}) as {
        State?: { Running?: unknown; Restarting?: unknown; ExitCode?: unknown };
        RestartCount?: unknown;
      }; // each is looked at
      if (state?.Running === true && state.Restarting !== true && !(typeof restarts === 'number' && restarts > 0)) return undefined;
      // While the engine tries it again it says 0, whatever it ended with.
      return typeof state?.ExitCode === 'number' && state.ExitCode !== 0 ? `it ended with exit code ${state.ExitCode}` : 'it ended';
    },

    async exec(id, command, signal) {
      const made = await must('POST', `/containers/${id}/exec`, { Cmd: command, AttachStdout: true, AttachStderr: true });
      const run = textOf(made['Id']) ?? '';
      // Its output ends with it. Podman never says of one that it does not listen to that it has ended.
      const path = `/exec/${run}/start`;
      const { status } = await askJson(endpoint, { method: 'POST', path, body: { Detach: false }, silenceMs: 60_000, signal, onLine: () => undefined });
      if (status >= 400) throw new TargetError(`the engine answered ${status} when ${command[0] ?? ''} was to run inside`);
      for (;;) {
        signal.throwIfAborted();
        const seen = await must('GET', `/exec/${run}/json`);
        if (seen['Running'] === false && typeof seen['ExitCode'] === 'number') return seen['ExitCode'];
        await sleep(betweenLooksMs, signal);
      }
    },

    async remove(id) {
      await ask('POST', `/containers/${id}/stop?t=${stopSeconds}`);
      const { status } = await ask('DELETE', `/containers/${id}?force=true`);
      if (status >= 400 && status !== 404) throw new Error(`the engine answered ${status} when a container was to go`);
    },
  };
}

/** The letters of base64url, and its padding: without that Docker's engine takes it for no login at all, and says nothing. */
function encode(login: RegistryLogin): string {
  return Buffer.from(JSON.stringify(login)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
