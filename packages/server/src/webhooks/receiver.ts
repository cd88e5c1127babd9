/**
 * Hands one message to the receiver of a webhook and says how it went, in the words of the delivery
 * log. Never throws for what the receiver or the way to it did.
 */
import type { Exchange, Webhook } from '../metadata/webhook-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Message } from './formats/report.ts';
import { post } from './post.ts';
import { resolveReceiver } from './receiver-address.ts';
import { signatureHeaders } from './signature.ts';

export type Sent = {
  readonly exchange: Exchange;
  readonly outcome: 'delivered' | 'failed' | 'gone';
  /** The receiver asks for so long a pause. */
  readonly retryAfterMs?: number;
};

export type Receiver = {
  send(webhook: Pick<Webhook, 'url' | 'secret' | 'allowPrivateAddress'>, message: Message & { readonly id: string }, signal: AbortSignal): Promise<Sent>;
};

export type ReceiverOptions = { readonly clock: Clock; readonly userAgent: string; readonly timeoutMs?: number };

/** From the first packet to the end of the answer. */
export const receiverTimeoutMs = 10_000;

export function httpReceiver({ clock, userAgent, timeoutMs = receiverTimeoutMs }: ReceiverOptions): Receiver {
  return {
    async send({ url: text, secret, allowPrivateAddress }, { id, body, contentType }, signal) {
      const url = new URL(text);
      const requestHeaders = {
        'content-type': contentType,
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': userAgent,
        ...signatureHeaders({ id, body, secret, at: clock.now() }),
      };
      const timeout = AbortSignal.timeout(timeoutMs);
      const until = AbortSignal.any([signal, timeout]);
      try {
        const addresses = await orAborted(resolveReceiver(url.hostname, { allowPrivate: allowPrivateAddress }), until);
        const answer = await orAborted(post({ url, addresses, headers: requestHeaders, body }, until), until);
        const exchange = { requestHeaders, status: answer.status, responseHeaders: answer.headers, responseBody: answer.body };
        return { exchange: { ...exchange, ...problemOf(answer.status, answer.headers) }, ...outcomeOf(answer.status, answer.headers, clock) };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const reason = timeout.aborted ? `no whole answer within ${timeoutMs} ms` : error instanceof Error ? error.message : String(error);
        return { exchange: { requestHeaders, error: reason }, outcome: 'failed' };
      }
    },
  };
}

function outcomeOf(status: number, headers: Readonly<Record<string, string>>, clock: Clock): Pick<Sent, 'outcome' | 'retryAfterMs'> {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status === 410) return { outcome: 'gone' };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], clock);
  return { outcome: 'failed', ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function problemOf(status: number, headers: Readonly<Record<string, string>>): { error?: string } {
  if (status >= 200 && status < 300) return {};
  if (status >= 300 && status < 400)
    return { error: `it redirects to ${headers['location'] ?? 'elsewhere'}: redirects are not followed, give the webhook that address` };
  return { error: status === 410 ? 'it is gone (410): the webhook was disabled' : `it answered ${status}` };
}

/** RFC 9110 10.2.3: seconds, or a date. */
function parseRetryAfter(text: string | undefined, clock: Clock): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - clock.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** A resolver cannot be told to stop: it is not waited for any more. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
