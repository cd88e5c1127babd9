/**
 * The folder of one agent: its name towards the server, so that one that was killed goes on as the same,
 * and a socket that says that somebody works with it.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { RegistryLogin } from './engine/engine-api.ts';

/** Gives the agent's id. Throws when another agent works with the folder. The hold ends with the process. */
export async function holdStateFolder(folder: string, newId: () => string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const socket = join(folder, 'agent.sock');
  if (await isAnswered(socket)) throw new Error(`another agent works with ${folder}`);
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    const server = createServer((client) => client.destroy());
    server.once('error', reject);
    server.listen(socket, resolve);
    server.unref();
  });
  const file = join(folder, 'agent-id');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (/^[A-Za-z0-9-]{8,64}$/.test(known)) return known;
  const id = newId();
  await writeFile(`${file}.next`, id, { mode: 0o600 });
  await rename(`${file}.next`, file);
  return id;
}

/** As Docker's clients read it. Gives the folder that it is in. */
export async function writeRegistryLogin(folder: string, { username, password, serveraddress }: RegistryLogin): Promise<string> {
  const config = join(folder, 'docker-config');
  await mkdir(config, { recursive: true, mode: 0o700 });
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [serveraddress]: { auth } } }), { mode: 0o600 });
  return config;
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = connect({ path });
    asking.once('connect', () => {
      asking.destroy();
      resolve(true);
    });
    asking.once('error', () => resolve(false));
  });
}
