/**
 * Leads connections to what serves now. A process of its own, so that people are answered whatever
 * becomes of the agent: the agent replaces the table and asks for it to be read, over a socket in the
 * same folder. Connections that are open stay with the one they were led to.
 */
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Address, readForwardTable } from './forward-table.ts';

export const controlSocketName = 'forward.sock';

/** Runs until the process ends. Resolves at once when another one does it already. */
export async function runForwarder(folder: string): Promise<void> {
  const control = join(folder, controlSocketName);
  if (await isAnswered(control)) return;
  await rm(control, { force: true });
  const listeners = new Map<string, { server: Server; upstream: Address }>();
  await apply(folder, listeners).catch(() => undefined); // whoever asks next is told why
  let turn = Promise.resolve();
  await new Promise<void>((_, reject) => {
    const asked = createServer((socket) => {
      socket.on('error', () => undefined);
      turn = turn
        .then(() => apply(folder, listeners))
        .then(
          () => void socket.end('ok\n'),
          (error: unknown) => void socket.end(`${error instanceof Error ? error.message : String(error)}\n`),
        );
    });
    asked.on('error', reject);
    asked.listen(control);
  });
}

/** Opens what is new before it closes what is gone. Throws an Error that names the port that cannot be had. */
async function apply(folder: string, listeners: Map<string, { server: Server; upstream: Address }>): Promise<void> {
  const forwards = Object.values(await readForwardTable(folder)).flatMap((serving) => serving.forwards);
  const wanted = new Map(forwards.map((forward) => [keyOf(forward.listen), forward]));
  for (const [key, { listen, upstream }] of wanted) {
    const known = listeners.get(key);
    if (known === undefined) listeners.set(key, await open(listen, upstream));
    else known.upstream = upstream;
  }
  for (const [key, { server }] of listeners) {
    if (wanted.has(key)) continue;
    server.close();
    listeners.delete(key);
  }
}

function open(listen: Address, upstream: Address): Promise<{ server: Server; upstream: Address }> {
  return new Promise((resolve, reject) => {
    const led = { server: createServer({ allowHalfOpen: true }, (client) => lead(client, led.upstream)), upstream };
    led.server.once('error', (error) => reject(new Error(`port ${listen.port} of ${listen.host} cannot be opened: ${error.message}`)));
    led.server.listen(listen.port, listen.host, () => resolve(led));
  });
}

function lead(client: Socket, { host, port }: Address): void {
  const behind = connect({ host, port, allowHalfOpen: true });
  for (const [one, other] of [
    [client, behind],
    [behind, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
    one.pipe(other);
  }
}

function keyOf({ host, port }: Address): string {
  return `${host} ${port}`;
}

function isAnswered(control: string): Promise<boolean> {
  return askForwarder(control).then(
    () => true,
    () => false,
  );
}

/** Asks it to read the table. Gives its complaint, or nothing when all ports lead where they should. Throws when nobody is there. */
export function askForwarder(control: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: control });
    let said = '';
    socket.setEncoding('utf8').setTimeout(5000, () => socket.destroy(new Error('the forwarder does not answer')));
    socket.on('data', (chunk: string) => (said += chunk));
    socket.on('error', reject);
    socket.on('end', () => (said === 'ok\n' ? resolve(undefined) : said === '' ? reject(new Error('the forwarder has gone')) : resolve(said.trim())));
  });
}
