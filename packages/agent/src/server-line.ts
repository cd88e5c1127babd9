/** The agent's line to the server: asks for wishes and says what became of them. It connects out, so a target needs no open port. */
import { askJson, type Endpoint, parseJson } from './json-http.ts';
import type { Said } from './converge.ts';
import type { Wish } from './target.ts';

export type ServerLine = {
  /** Waits for something else than `known`. Throws ServerRefusal, or what the connection says. */
  ask(known: string | undefined, signal: AbortSignal): Promise<{ readonly version: string; readonly wishes: readonly Wish[] }>;
  say(wish: Wish, said: Said): Promise<void>;
  leave(): Promise<void>;
};

export type ServerLineOptions = {
  readonly endpoint: Endpoint;
  readonly repository: string;
  readonly environment: string;
  readonly target: string;
  readonly agent: string;
  readonly version: string;
};

/** The server understood and said no. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const waitMs = 25_000;

export function openServerLine({ endpoint, repository, environment, target, agent, version }: ServerLineOptions): ServerLine {
  const base = `/api/v1/repositories/${repository}/-/environments/${encodeURIComponent(environment)}`;

  async function send(method: string, path: string, body?: unknown, options: { silenceMs?: number; signal?: AbortSignal } = {}): Promise<unknown> {
    const { status, text } = await askJson(endpoint, { method, path: `${base}${path}`, ...(body !== undefined && { body }), ...options });
    if (status >= 200 && status < 300) return text === '' ? undefined : JSON.parse(text);
    throw new ServerRefusal(status, messageIn(text) ?? `the server answered ${status}`);
  }

  return {
    async ask(known, signal) {
      const query = new URLSearchParams({ target, agent, agentVersion: version, waitMs: String(waitMs), ...(known !== undefined && { known }) });
      return parseWishes(await send('GET', `/wishes?${query}`, undefined, { silenceMs: waitMs + 20_000, signal }));
    },

    async say({ instance, release }, said) {
      await send('POST', '/reports', { target, agent, instance, release, ...said });
    },

    async leave() {
      await send('DELETE', `/targets/${encodeURIComponent(target)}?agent=${agent}`, undefined, { silenceMs: 3000 });
    },
  };
}

function messageIn(text: string): string | undefined {
  const { errors } = (parseJson(text) ?? {}) as { errors?: { message?: unknown }[] }; // only read, and only for a message
  const message = errors?.[0]?.message;
  return typeof message === 'string' ? message : undefined;
}

/** Whatever answers at this address, only this shape is believed. */
function parseWishes(value: unknown): { version: string; wishes: Wish[] } {
  const { version, wishes } = (value ?? {}) as { version?: unknown; wishes?: unknown }; // each is looked at next
  if (typeof version !== 'string' || !Array.isArray(wishes)) throw new Error('this is not the address of a Naru server');
  return { version, wishes: wishes.map(parseWish) };
}

function parseWish(value: unknown): Wish {
  const { instance, release, digest, tag } = (value ?? {}) as Record<string, unknown>; // each is looked at next
  if (typeof instance !== 'string' || !/^[\w.-]{0,128}$/.test(instance)) throw new Error('the server names an instance that cannot be');
  if (typeof release !== 'number' || !Number.isSafeInteger(release)) throw new Error('the server names a release that cannot be');
  if (typeof digest !== 'string' || !/^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(digest)) throw new Error('the server names a digest that cannot be');
  return { instance, release, digest, ...(typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag) && { tag }) };
}
