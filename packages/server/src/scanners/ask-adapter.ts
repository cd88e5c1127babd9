/**
 * One request to an adapter. It may hang, send without end, or redirect to where this server must not go: each answer has
 * a time and a size, redirects are not followed, and its name leads only to where the operator allows.
 */
import { lookup } from 'node:dns/promises';
import { type Network, withoutMapping } from '../network/network.ts';
import { ScannerError } from './scanner.ts';

export type Adapter = {
  readonly name: string;
  /** Without `/api/v1`. */
  readonly url: string;
  /** The header with which it is asked; absent: none. */
  readonly authorization?: string;
  /** Empty: anywhere. */
  readonly networks: readonly Network[];
  readonly timeoutMs: number;
  /** How it reaches this server, where that is not how everybody does. */
  readonly registryUrl?: string;
};

export type Question = { readonly path: string; readonly accept: string; readonly body?: { readonly type: string; readonly value: unknown } };
export type AdapterAnswer = { readonly status: number; readonly refreshAfter: string | null; readonly value: unknown };

/** Of one answer (I6). */
const answerMaxBytes = 16 * 2 ** 20;
const requestMs = 30_000;

/** Throws ScannerError, and the signal's reason. */
export async function askAdapter(adapter: Adapter, { path, accept, body }: Question, signal: AbortSignal): Promise<AdapterAnswer> {
  const url = new URL(`${adapter.url.replace(/\/+$/, '')}/api/v1${path}`);
  const timeout = AbortSignal.timeout(Math.min(requestMs, adapter.timeoutMs));
  try {
    await requireAllowed(url, adapter);
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
      headers: {
        accept,
        ...(adapter.authorization !== undefined && { authorization: adapter.authorization }),
        ...(body && { 'content-type': body.type }),
      },
      ...(body && { body: JSON.stringify(body.value) }),
    });
    // What it says where it redirects is not read: it is still at work.
    const text = response.status === 302 ? '' : await readText(response);
    return { status: response.status, refreshAfter: response.headers.get('refresh-after'), value: parse(text) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ScannerError) throw error;
    if (timeout.aborted) throw new ScannerError(`${adapter.name} did not answer in time`, { cause: error, isOver: false });
    throw new ScannerError(`${adapter.name} cannot be reached: ${error instanceof Error ? error.message : String(error)}`, { cause: error, isOver: false });
  }
}

async function requireAllowed({ hostname }: URL, { name, networks }: Adapter): Promise<void> {
  if (networks.length === 0) return;
  const addresses = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
  const refused = addresses.find(({ address }) => !networks.some((network) => network.contains(withoutMapping(address))));
  if (refused !== undefined) throw new ScannerError(`${name} is at ${refused.address}, which is in none of its networks`);
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > answerMaxBytes) throw new ScannerError(`it says more than ${answerMaxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Undefined for what is no JSON: whoever asked says what is missing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
