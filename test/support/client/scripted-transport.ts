/**
 * A registry in memory, one function long: for tests of the rules over the transport. It keeps what was
 * asked, and its clock moves only when somebody sleeps.
 */
import { type ConnectionSettings, openConnection, type Connection } from '@naru/client/remote/connection';
import type { RemoteClock } from '@naru/client/remote/clock';
import type { EndpointAddress } from '@naru/client/remote/endpoint';
import { RemoteError } from '@naru/client/remote/remote-error';
import type { Warning } from '@naru/client/remote/warning';
import type { Transport, TransportRequest } from '@naru/client/remote/transport';

export type Asked = { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | readonly [string, string][];
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
};

export type Script = (asked: Asked, count: number) => Answer | RemoteError;

export type Scripted = { readonly transport: Transport; readonly asked: Asked[] };

export function scriptedTransport(script: Script): Scripted {
  const asked: Asked[] = [];
  return {
    asked,
    transport: {
      async send(request) {
        const one = { method: request.method, url: request.url.href, headers: request.headers, body: await textOf(request.body) };
        asked.push(one);
        const answer = script(one, asked.length);
        if (answer instanceof Error) throw answer;
        const { status, headers = {}, body = '' } = answer;
        return { status, headers: new Headers(headers as Record<string, string>), body: streamOf(body) };
      },
    },
  };
}

export type TestClock = RemoteClock & { readonly slept: number[]; advance(ms: number): void };

export function testClock(): TestClock {
  let nowMs = Date.UTC(2026, 0, 1);
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    random: () => 0,
    sleep: (ms) => {
      slept.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
    advance(ms) {
      nowMs += ms;
    },
  };
}

export type ScriptedConnection = Scripted & { readonly connection: Connection; readonly clock: TestClock; readonly warnings: Warning[] };

export function scriptedConnection(
  script: Script,
  {
    addresses = [{ host: 'reg.test', schemes: ['https'] }],
    ...settings
  }: { readonly addresses?: readonly EndpointAddress[] } & Partial<ConnectionSettings> = {},
): ScriptedConnection {
  const scripted = scriptedTransport(script);
  const clock = testClock();
  const warnings: Warning[] = [];
  const connection = openConnection(addresses, {
    registry: 'reg.test',
    transport: scripted.transport,
    credentials: { find: () => Promise.resolve(undefined) },
    clock,
    retry: { attempts: 3, firstDelayMs: 100, maxDelayMs: 1000, maxRetryAfterMs: 30_000 },
    userAgent: 'naru/test',
    isPlainHttpAllowed: () => Promise.resolve(false),
    onWarning: (warning) => warnings.push(warning),
    ...settings,
  });
  return { ...scripted, connection, clock, warnings };
}

export function lost(): RemoteError {
  return new RemoteError('network', 'the connection was closed unexpectedly', { retryable: true });
}

/** Its pieces, and then an error or the end. */
export function streamOf(body: string | Uint8Array | ReadableStream<Uint8Array> | readonly (string | RemoteError)[]): ReadableStream<Uint8Array> {
  if (body instanceof ReadableStream) return body;
  const pieces = Array.isArray(body) ? [...(body as readonly (string | RemoteError)[])] : [body as string | Uint8Array]; // narrowed by hand: isArray knows no readonly
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else if (piece instanceof Error) controller.error(piece);
        else if (piece.length > 0) controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function textOf(body: TransportRequest['body']): Promise<string> {
  return body === undefined ? '' : body instanceof ReadableStream ? new Response(body).text() : new TextDecoder().decode(body);
}
