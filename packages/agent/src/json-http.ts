/**
 * One request with JSON both ways: over TCP, TLS, or a socket of this machine. Answers are bounded, and
 * no redirect is followed: whoever redirects would be given the credential.
 */
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

export type Endpoint = {
  /** With its scheme; the host of a socket is only a name. */
  readonly url: string;
  readonly socketPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM, instead of the system's authorities. */
  readonly ca?: string;
};

export type JsonRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** No byte for this long ends it. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with each line instead of keeping the answer. */
  readonly onLine?: (line: string) => void;
};

export type JsonAnswer = { readonly status: number; readonly text: string };

const answerMaxBytes = 4 * 1024 * 1024;
const lineMaxLength = 64 * 1024;

/** Throws what the connection says, or why the caller gave up. */
export function askJson(
  { url, socketPath, headers, ca }: Endpoint,
  { method, path, body, silenceMs = 30_000, signal, onLine, ...own }: JsonRequest,
): Promise<JsonAnswer> {
  const address = new URL(path, url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const send = address.protocol === 'https:' ? secure : plain;
    const asking = send(
      address,
      {
        method,
        headers: {
          ...headers,
          ...own.headers,
          ...(text !== undefined && { 'content-type': own.headers?.['content-type'] ?? 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        },
        ...(socketPath !== undefined && { socketPath }),
        ...(ca !== undefined && { ca }),
        ...(signal !== undefined && { signal }),
      },
      (answer) => {
        let kept = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          kept += chunk;
          if (onLine !== undefined) {
            const lines = kept.split('\n');
            kept = (lines.pop() ?? '').slice(0, lineMaxLength);
            for (const line of lines) if (line.trim() !== '') onLine(line);
          } else if (kept.length > answerMaxBytes) answer.destroy(new Error(`the answer of ${address.host} is longer than ${answerMaxBytes} bytes`));
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (onLine !== undefined && kept.trim() !== '') onLine(kept);
          resolve({ status: answer.statusCode ?? 0, text: kept });
        });
      },
    );
    asking.setTimeout(silenceMs, () => asking.destroy(new Error(`${address.host} said nothing for ${Math.round(silenceMs / 1000)} s`)));
    asking.on('error', (error) => reject(signal?.reason instanceof Error ? signal.reason : error));
    asking.end(text);
  });
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
