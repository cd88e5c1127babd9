import { createServer, type Socket } from 'node:net';
import { expect, test } from 'bun:test';
import { openClamd } from './clamd.ts';

/** Says what `answers` has for a command, and else nothing; reads on, or no more. */
async function startDaemon(answers: Readonly<Record<string, string>>, { reads = true } = {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const answer = answers[data.toString('latin1')];
      if (answer !== undefined) socket.end(answer);
      else if (!reads) socket.pause();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    address: { kind: 'tcp', host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0 } as const,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

const signal = new AbortController().signal;
const version = { 'zVERSION\0': 'ClamAV 1.4.3/27000/now\0' };
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('a daemon that never says who it is is given up', async () => {
  await using daemon = await startDaemon({});
  expect(await reasonOf(openClamd(daemon.address, signal, { answerMs: 50 }))).toBe('ScannerError: clamd cannot be asked: it did not answer in time');
});

test('so is one that never says what a file is', async () => {
  await using daemon = await startDaemon(version);
  using clamd = await openClamd(daemon.address, signal, { answerMs: 50 });
  expect(await reasonOf(clamd.scan([new Uint8Array(9)]))).toBe('ScannerError: clamd cannot be asked: it did not answer in time');
});

test('and one that takes no more of it', async () => {
  await using daemon = await startDaemon(version, { reads: false });
  using clamd = await openClamd(daemon.address, signal, { answerMs: 200 });
  const pieces = Array.from({ length: 64 }, () => new Uint8Array(2 ** 20));
  expect(await reasonOf(clamd.scan(pieces))).toStartWith('ScannerError: clamd cannot be asked: ');
});
