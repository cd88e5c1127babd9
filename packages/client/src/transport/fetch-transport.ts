/**
 * The transport over the runtime's own fetch. It reads no environment: which certificates to trust and
 * which proxy to ask for an address is told by whoever made it. Answers stay as they came, so a body is
 * never decompressed behind the digest's back.
 */
import { RemoteError } from '../remote/remote-error.ts';
import { remoteLimits, remoteTimes } from '../remote/limits.ts';
import type { Transport, TransportRequest, TransportResponse } from '../remote/transport.ts';
import { connectionError, dialledAddress } from './connection-error.ts';
import { createSilenceWatch, type SilenceWatch, watchBody } from './silence.ts';

export type HostSettings = {
  /** PEM. With `ca` nothing else is trusted, so it holds the usual authorities too. */
  readonly tls: { readonly verify: boolean; readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string };
  /** Address of an HTTP proxy, with its user and password. */
  readonly proxy?: string;
};

/** What Bun's fetch knows beyond the standard. */
type RuntimeRequestInit = RequestInit & {
  readonly decompress: false;
  readonly timeout: false;
  readonly proxy?: string;
  readonly tls?: { readonly rejectUnauthorized: boolean; readonly ca?: string[]; readonly cert?: string; readonly key?: string };
};

export function createFetchTransport({ settingsFor }: { settingsFor(url: URL): Promise<HostSettings> }): Transport {
  return {
    async send(request) {
      const watch = createSilenceWatch(request.silenceMs, request.signal);
      const settings = await settingsFor(request.url);
      let response: Response;
      try {
        response = await fetch(request.url, requestInit(request, settings, watch));
      } catch (error) {
        watch.stop();
        throw watch.reason() ?? connectionError(error, request, settings.proxy === undefined ? await dialledAddress(request.url) : undefined);
      }
      return answer(response, request, watch);
    },
  };
}

function requestInit({ method, headers, body, url }: TransportRequest, { tls, proxy }: HostSettings, watch: SilenceWatch): RuntimeRequestInit {
  return {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
    redirect: 'manual',
    signal: watch.signal,
    decompress: false,
    timeout: false,
    ...(body !== undefined && { body: body instanceof ReadableStream ? watchBody(body, watch) : body }),
    ...(proxy !== undefined && { proxy }),
    ...(url.protocol === 'https:' && {
      tls: {
        rejectUnauthorized: tls.verify,
        ...(tls.ca !== undefined && { ca: [...tls.ca] }),
        ...(tls.cert !== undefined && { cert: tls.cert }),
        ...(tls.key !== undefined && { key: tls.key }),
      },
    }),
  };
}

function answer(response: Response, request: TransportRequest, watch: SilenceWatch): TransportResponse {
  const { status, headers } = response;
  for (const [name, value] of headers) {
    if (value.length <= remoteLimits.headerLength) continue;
    watch.abort();
    throw new RemoteError('broken-answer', `the registry answered with a header ${name} of ${value.length} characters`);
  }
  watch.setLimit(remoteTimes.idleMs);
  if (response.body === null) {
    watch.stop();
    return { status, headers, body: new ReadableStream({ start: (controller) => controller.close() }) };
  }
  return { status, headers, body: watchAnswer(response.body, request, watch) };
}

function watchAnswer(body: ReadableStream<Uint8Array>, request: TransportRequest, watch: SilenceWatch): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  watch.pause(); // a consumer that is slow to ask is no silence of the registry's
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        watch.heard();
        try {
          const { done, value } = await reader.read();
          if (done) {
            watch.stop();
            controller.close();
          } else {
            watch.pause();
            controller.enqueue(value);
          }
        } catch (error) {
          watch.stop();
          controller.error(watch.reason() ?? connectionError(error, request));
        }
      },
      async cancel() {
        watch.stop();
        await reader.cancel().catch(() => {}); // its connection is gone either way
      },
    },
    { highWaterMark: 0 },
  );
}
