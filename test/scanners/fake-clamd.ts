/** As much of ClamAV's daemon as is spoken to: sessions, streams in pieces, versions. It finds texts. */
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export type FakeClamd = {
  readonly port: number;
  /** How many files it was given. */
  files: number;
  /** Of its signatures: another one, and nothing that was said before holds. */
  edition: number;
  /** What is answered for a file; undefined: nothing, and the connection ends. */
  misbehave: (() => string | undefined) | undefined;
  close(): Promise<void>;
};

export async function startFakeClamd(signatures: Readonly<Record<string, string>>): Promise<FakeClamd> {
  const server = createServer((socket) => void serve(socket).catch(() => socket.destroy()));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => void sockets.add(socket));
  const fake: FakeClamd = {
    port: (server.address() as AddressInfo).port, // it listens on a port
    files: 0,
    edition: 27_000,
    misbehave: undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return fake;

  async function serve(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    let held = Buffer.alloc(0);
    const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const take = async (length: number): Promise<Buffer> => {
      while (held.length < length) await more();
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    };
    const more = async (): Promise<void> => {
      const next = await pieces.next();
      if (next.done === true) throw new Error('the client has gone');
      held = Buffer.concat([held, next.value]);
    };
    let count = 0;
    let isSession = false;
    for (;;) {
      while (!held.includes(0)) await more();
      const command = (await take(held.indexOf(0) + 1)).toString().slice(0, -1);
      if (command === 'zVERSION') return void socket.end(`ClamAV 1.4.3/${fake.edition}/of the tests\0`);
      if (command === 'zIDSESSION') isSession = true;
      else if (command === 'zINSTREAM') {
        let content = '';
        for (let length = (await take(4)).readUInt32BE(); length > 0; length = (await take(4)).readUInt32BE())
          content += (await take(length)).toString('latin1');
        fake.files++;
        const [found] = Object.entries(signatures).find(([, text]) => content.includes(text)) ?? [];
        const usual = `${isSession ? `${++count}: ` : ''}stream: ${found === undefined ? 'OK' : `${found} FOUND`}\0`;
        const answer = fake.misbehave === undefined ? usual : fake.misbehave();
        if (answer === undefined) return void socket.destroy();
        socket.write(answer);
      } else return void socket.end('UNKNOWN COMMAND\0');
    }
  }
}
