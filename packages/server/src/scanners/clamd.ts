/**
 * The protocol of ClamAV's daemon, as far as files are given to it (clamd(8), "COMMANDS"):
 *
 *     session := "zIDSESSION" NUL *( "zINSTREAM" NUL *( length data ) 0 )       length: 32 bits, big-endian
 *     reply   := number ": stream: OK" NUL | number ": stream: " signature " FOUND" NUL | number ": " reason " ERROR" NUL
 *
 * The daemon is the operator's own, and may hang or die all the same: each answer has a time and a length.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ScannerError } from './scanner.ts';

export type ClamdAddress = { readonly kind: 'tcp'; readonly host: string; readonly port: number } | { readonly kind: 'unix'; readonly path: string };

export type Clamd = Disposable & {
  /** `ClamAV 1.4.3/27000/…`: with the edition of its signatures. */
  readonly version: string;
  /** The signature that the file matches. Throws ScannerError. */
  scan(pieces: readonly Uint8Array[]): Promise<string | undefined>;
};

const answerMaxLength = 4096;
/** For an answer, and for taking a piece of a file. */
const longestMs = 120_000;
const connectMs = 10_000;

/** Throws ScannerError, and the signal's reason. */
export async function openClamd(address: ClamdAddress, signal: AbortSignal, { answerMs = longestMs }: { readonly answerMs?: number } = {}): Promise<Clamd> {
  const version = await askVersion(address, answerMs, signal);
  const connection = await open(address, answerMs, signal);
  connection.send('zIDSESSION\0');
  return {
    version,
    async scan(pieces) {
      connection.send('zINSTREAM\0');
      for (const piece of pieces) {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(piece.byteLength);
        connection.send(length);
        await connection.sendAll(piece);
      }
      connection.send(Buffer.alloc(4));
      return readVerdict(await connection.receive());
    },
    [Symbol.dispose]: () => connection.end(),
  };
}

async function askVersion(address: ClamdAddress, answerMs: number, signal: AbortSignal): Promise<string> {
  const connection = await open(address, answerMs, signal);
  try {
    connection.send('zVERSION\0');
    const version = await connection.receive();
    if (!version.startsWith('ClamAV')) throw new ScannerError('what is at its address is no ClamAV');
    return version.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 200);
  } finally {
    connection.end();
  }
}

function readVerdict(answer: string): string | undefined {
  const [, verdict = ''] = /^(?:\d+: )?(.*)$/s.exec(answer) ?? [];
  if (verdict === 'stream: OK') return undefined;
  const [, signature] = /^stream: (.+) FOUND$/.exec(verdict) ?? [];
  if (signature === undefined) throw new ScannerError(`it says of a file: ${verdict.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 200)}`);
  return signature;
}

type Connection = {
  send(data: string | Uint8Array): void;
  sendAll(data: Uint8Array): Promise<void>;
  receive(): Promise<string>;
  end(): void;
};

async function open(address: ClamdAddress, answerMs: number, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  const socket = address.kind === 'tcp' ? connect(address.port, address.host) : connect(address.path);
  socket.on('error', () => undefined); // whoever waits is told
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
  await orTold(once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(connectMs)]) }), signal);
  const received = receiver(socket, answerMs);
  return {
    send: (data) => void socket.write(data),
    async sendAll(data) {
      if (socket.write(data) || socket.destroyed) return;
      // One that reads no more would have us wait for ever.
      const timer = setTimeout(() => socket.destroy(new Error('it took nothing in time')), answerMs);
      await orTold(Promise.race([once(socket, 'drain'), once(socket, 'close')]), signal).finally(() => clearTimeout(timer));
    },
    receive: () => orTold(received(), signal),
    end: () => void socket.destroy(),
  };
}

/** One answer after the other. */
function receiver(socket: Socket, answerMs: number): () => Promise<string> {
  let text = '';
  let look: () => void = () => undefined;
  socket.setEncoding('latin1');
  socket.on('data', (data: string) => {
    text += data;
    if (text.length > answerMaxLength) socket.destroy();
    look();
  });
  socket.on('close', () => look());
  return async () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('it did not answer in time'));
    }, answerMs);
    look = () => {
      const end = text.indexOf('\0');
      if (end >= 0) {
        resolve(text.slice(0, end));
        text = text.slice(end + 1);
      } else if (socket.destroyed) reject(new Error('it closed the connection'));
    };
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      look = () => undefined;
    }
  };
}

async function orTold<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    throw new ScannerError(`clamd cannot be asked: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
