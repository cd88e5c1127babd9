/**
 * HTTP/1.1 over a socket, as it goes over the wire: nothing is normalised, followed, decoded or
 * added, and a connection can be cut in the middle. Every test of the specification speaks through it.
 */
import { connect, type Socket } from 'node:net';

export type Answer = {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type Request = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Sends the body in pieces of unknown total length. */
  readonly streamed?: boolean;
};

/** `host` is `address:port`; `target` goes into the request line as it is. */
export async function exchange(host: string, method: string, target: string, request: Request = {}): Promise<Answer> {
  await using connection = await openConnection(host);
  connection.write(head(host, method, target, request));
  if (request.body !== undefined && request.streamed === true) {
    const bytes = Buffer.from(request.body);
    for (let start = 0; start < bytes.length; start += 65_536) {
      const piece = bytes.subarray(start, start + 65_536);
      connection.write(`${piece.length.toString(16)}\r\n`);
      connection.write(piece);
      connection.write('\r\n');
    }
    connection.write('0\r\n\r\n');
  } else if (request.body !== undefined) connection.write(request.body);
  // Awaited here: the connection goes when this function returns.
  return await connection.readAnswer(method);
}

export type Connection = AsyncDisposable & {
  write(bytes: Uint8Array | string): void;
  /** Rejects when the server closes the connection before the answer is whole. */
  readAnswer(method: string): Promise<Answer>;
  /** Until at least so many bytes came, head included. */
  readAtLeast(sizeBytes: number): Promise<Uint8Array>;
  /** Gone at once, as when a cable is pulled. */
  cut(): void;
};

export async function openConnection(host: string): Promise<Connection> {
  const colon = host.lastIndexOf(':');
  const socket = connect({ host: host.slice(0, colon), port: Number(host.slice(colon + 1)) });
  const inbox = collect(socket);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    write: (bytes) => void socket.write(bytes),
    readAnswer: (method) => inbox.until((received, ended) => parseAnswer(received, method, ended)),
    readAtLeast: (sizeBytes) => inbox.until((received) => (received.length >= sizeBytes ? received : undefined)),
    cut: () => socket.resetAndDestroy(),
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  };
}

export function head(host: string, method: string, target: string, { headers = {}, body, streamed = false }: Request = {}): string {
  const length = streamed ? { 'transfer-encoding': 'chunked' } : lengthHeader(method, body);
  const lines = Object.entries({ host, ...length, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function lengthHeader(method: string, body: Request['body']): Record<string, string> {
  if (body !== undefined) return { 'content-length': String(Buffer.byteLength(body)) };
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? { 'content-length': '0' } : {};
}

type Inbox = { until<T>(find: (received: Buffer, ended: boolean) => T | undefined): Promise<T> };

function collect(socket: Socket): Inbox {
  let chunks: Buffer[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake = (): void => {};
  socket.on('data', (chunk) => {
    chunks.push(Buffer.from(chunk));
    wake();
  });
  socket.on('error', (error) => (failure = error));
  socket.on('close', () => {
    ended = true;
    wake();
  });
  return {
    async until(find) {
      for (;;) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        const received = Buffer.concat(chunks);
        chunks = [received];
        const found = find(received, ended);
        if (found !== undefined) return found;
        if (ended) throw new Error(`the connection ended after ${received.length} bytes: ${received.subarray(0, 500).toString('latin1')}`, { cause: failure });
        await woken;
      }
    },
  };
}

function parseAnswer(received: Buffer, method: string, ended: boolean): Answer | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rest = received.subarray(headEnd + 4);
  if (status === 100) return parseAnswer(rest, method, ended);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const body = method === 'HEAD' || status === 204 || status === 304 ? new Uint8Array() : parseBody(rest, headers, ended);
  return body && { status, headers, body };
}

function parseBody(rest: Buffer, headers: Readonly<Record<string, string>>, ended: boolean): Uint8Array | undefined {
  if (headers['transfer-encoding'] === 'chunked') return parseChunked(rest);
  const length = headers['content-length'];
  if (length === undefined) return ended ? rest : undefined;
  return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined;
}

function parseChunked(rest: Buffer): Uint8Array | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16);
    if (rest.length < lineEnd + 2 + size + 2) return undefined;
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
