/**
 * Reads the live stream of a server and prints it, until somebody stops the command. A line that breaks is
 * opened anew behind the last event, so that nothing is printed twice and nothing is left out that the
 * server still has.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { systemClock } from '@naru/client/runtime/clock';
import { print, printProblem } from '../print.ts';

/** `socketPath`: over the socket of a server on this machine. */
export type EventsAddress = { readonly url: URL; readonly socketPath?: string; readonly token?: string | undefined };

type Told = Readonly<Record<string, unknown>>;

const firstMs = 1000;
const longestMs = 30_000;
/** The server says something every 15 seconds. */
const silenceMs = 60_000;
/** No event is longer (I6). */
const blockMaxLength = 1024 * 1024;

/** Throws what the server refused; ends with the process. */
export async function followEvents(address: EventsAddress, { isJson }: { isJson: boolean }): Promise<never> {
  const place: { last?: string } = {};
  for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 2, longestMs)) {
    try {
      await readStream(address, place, async (block) => {
        waitMs = firstMs;
        await printBlock(block, place, isJson);
      });
    } catch (error) {
      if (error instanceof Refused) throw error;
      await printProblem(`${error instanceof Error ? error.message : String(error)}: trying again`);
    }
    await systemClock.sleep(waitMs);
  }
}

class Refused extends Error {}

/** Ends when the server ends it, as it does every hour. */
async function readStream({ url, socketPath, token }: EventsAddress, { last }: { last?: string }, onBlock: (block: string) => Promise<void>): Promise<void> {
  const headers = {
    accept: 'text/event-stream',
    ...(last !== undefined && { 'last-event-id': last }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const asking = send(url, { headers, agent: false, ...(socketPath !== undefined && { socketPath }) }, (answer) => {
    void (async () => {
      let text = '';
      for await (const part of answer.setEncoding('utf8')) {
        text += String(part);
        if (answer.statusCode !== 200) continue;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        if (text.length > blockMaxLength) throw new Error('the server says more than an event can be');
        for (const block of blocks) await onBlock(block);
      }
      if (answer.statusCode !== 200) throw new Refused(messageIn(text) ?? `the server answered ${answer.statusCode ?? 0}`);
    })().then(resolve, reject);
  });
  asking.setTimeout(silenceMs, () => asking.destroy(new Error('the server says nothing any more')));
  asking.on('error', reject);
  asking.end();
  return done;
}

async function printBlock(block: string, place: { last?: string }, isJson: boolean): Promise<void> {
  const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
  if (/^event: lost$/m.test(block)) await printProblem('events are missing here: the server does not keep them any more');
  const [, data] = /^data: (\{.+\})$/m.exec(block) ?? [];
  if (id === undefined || data === undefined) return;
  await print(`${isJson ? data : lineOf(JSON.parse(data) as Told)}\n`);
  place.last = id;
}

/** `2026-11-27T03:00:00.000Z tag.moved team/app:v1 sha256:… mina: why` */
function lineOf({ at, kind, repository, tag, digest, environment, actor, message }: Told): string {
  const what = `${textOf(repository)}${tag === undefined ? '' : `:${textOf(tag)}`}`;
  const words = [
    new Date(Number(at)).toISOString(),
    textOf(kind),
    what,
    ...(digest === undefined ? [] : [textOf(digest)]),
    ...(environment === undefined ? [] : [textOf(environment)]),
    textOf(actor),
  ];
  return `${words.join(' ')}${message === undefined ? '' : `: ${textOf(message)}`}`;
}

/** What others wrote must not move the cursor. */
function textOf(value: unknown): string {
  return String(value).replaceAll(/[\p{Cc}\p{Cf}]/gu, '�');
}

function messageIn(text: string): string | undefined {
  try {
    const { errors } = JSON.parse(text) as { errors?: { message?: string }[] }; // only read, and only for a message
    return errors?.[0]?.message;
  } catch {
    return undefined;
  }
}
