/**
 * The agent: hears what is wanted and makes it true, one instance after the other. Hearing goes on
 * while a release comes up, so that the server knows that we are here, and a newer wish ends the wait
 * for an older one. When the server is away, what runs goes on running.
 */
import { converge, type ConvergeParts } from './converge.ts';
import { type ServerLine, ServerRefusal } from './server-line.ts';
import type { Surroundings } from './surroundings.ts';
import type { Wish } from './target.ts';

export type AgentParts = Omit<ConvergeParts, 'say'> & {
  readonly line: ServerLine;
  /** One line for people. */
  readonly tell: (text: string) => void;
  readonly surroundings: Surroundings;
};

/** Runs until the signal says so. */
export async function runAgent(parts: AgentParts, signal: AbortSignal): Promise<void> {
  const { line, tell } = parts;
  const heard = createHeard(signal);
  const hearing = hear(parts, heard, signal);
  try {
    while (!signal.aborted) {
      const wishes = await heard.next();
      // A newer answer ends what the older one began.
      const run = AbortSignal.any([signal, heard.newer()]);
      try {
        await makeTrue(parts, wishes, run);
      } catch (error) {
        if (signal.aborted) break;
        if (run.aborted) continue;
        tell(`not done, and tried again: ${textOf(error)}`);
        heard.again(wishes);
        await parts.surroundings.sleep(againMs, run).catch(() => undefined);
      }
    }
  } finally {
    await hearing;
    await line.leave().catch(() => undefined);
  }
}

const againMs = 3000;
const firstMs = 1000;
const longestMs = 30_000;

async function makeTrue(parts: AgentParts, wishes: readonly Wish[], signal: AbortSignal): Promise<void> {
  const { target, line, tell } = parts;
  const say: ConvergeParts['say'] = async (wish, said) => {
    tell(
      `${wish.instance === '' ? '' : `${wish.instance}: `}${wish.tag ?? wish.digest.slice(0, 19)} ${said.state}${said.message === undefined ? '' : `: ${said.message}`}`,
    );
    await line.say(wish, said);
  };
  for (const wish of wishes) await converge({ ...parts, say }, wish, signal);
  const wanted = new Set(wishes.map(({ instance }) => instance));
  for (const instance of await target.listInstances()) {
    if (wanted.has(instance)) continue;
    tell(`${instance === '' ? '' : `${instance}: `}taken down`);
    await target.tidy(instance, undefined);
  }
}

async function hear({ line, tell, surroundings: { sleep, random } }: AgentParts, heard: Heard, signal: AbortSignal): Promise<void> {
  let known: string | undefined;
  let waitMs = firstMs;
  let lastWord = '';
  while (!signal.aborted) {
    try {
      const { version, wishes } = await line.ask(known, signal);
      if (lastWord !== '') tell('connected');
      lastWord = '';
      waitMs = firstMs;
      if (version !== known) heard.put(wishes);
      known = version;
    } catch (error) {
      if (signal.aborted) return;
      // Another agent serves this target: this one stands by, and takes over when that one's lease ends.
      const word = error instanceof ServerRefusal && error.status === 409 ? `standing by: ${error.message}` : textOf(error);
      if (word !== lastWord) tell(word);
      lastWord = word;
      if (error instanceof ServerRefusal) known = undefined;
      await sleep(waitMs * (0.5 + random()), signal).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, longestMs);
    }
  }
}

type Heard = ReturnType<typeof createHeard>;

/** The newest wishes, for one reader. */
function createHeard(signal: AbortSignal) {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the agent ends')), { once: true });
  });
  aborted.catch(() => undefined); // whoever waits is told
  const held: { wishes: readonly Wish[] | undefined; arrival: PromiseWithResolvers<void>; newer: AbortController } = {
    wishes: undefined,
    arrival: Promise.withResolvers<void>(),
    newer: new AbortController(),
  };
  function put(wishes: readonly Wish[]): void {
    held.wishes = wishes;
    held.arrival.resolve();
  }
  return {
    put(wishes: readonly Wish[]): void {
      held.newer.abort(new Error('something else is wanted now'));
      put(wishes);
    },
    /** For another try, unless something newer has come. */
    again(wishes: readonly Wish[]): void {
      if (held.wishes === undefined) put(wishes);
    },
    newer: () => held.newer.signal,
    async next(): Promise<readonly Wish[]> {
      await Promise.race([held.arrival.promise, aborted]);
      const wishes = held.wishes ?? [];
      Object.assign(held, { wishes: undefined, arrival: Promise.withResolvers<void>(), newer: new AbortController() });
      return wishes;
    },
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
