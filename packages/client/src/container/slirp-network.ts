/**
 * A network of the container's own, carried by slirp4netns: nothing of the machine's interfaces or packet
 * filter is changed, and nothing is left when the process is gone. The machine's own loopback is out of
 * the container's reach.
 */
import { spawn } from 'node:child_process';
import { createConnection, createServer } from 'node:net';
import { type Container, ContainerError, type PublishedPort } from './container.ts';
import { containerPaths } from './container-paths.ts';
import { findProgram } from './programs.ts';

export const containerAddress = '10.0.2.100';
export const nameServer = '10.0.2.3';

/** The ports as they were opened. Throws ContainerError. */
export async function startNetwork(root: string, container: Container, pid: number): Promise<readonly PublishedPort[]> {
  const socket = containerPaths(root, container.id).networkSocket;
  // A socket's path may have 107 bytes; the folder is reached by its working folder.
  const child = spawn(
    findProgram('slirp4netns') ?? 'slirp4netns',
    ['--configure', '--mtu=65520', '--disable-host-loopback', '--ready-fd=3', '--api-socket', 'network.sock', String(pid), 'tap0'],
    { cwd: containerPaths(root, container.id).folder, detached: true, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ready = child.stdio[3] as NodeJS.ReadableStream & { destroy(): void }; // a pipe, as `stdio` says
  const isReady = await new Promise<boolean>((resolve) => {
    ready.once('data', () => resolve(true));
    ready.once('end', () => resolve(false));
    child.once('error', () => resolve(false));
  });
  ready.destroy();
  child.stderr?.destroy();
  child.unref();
  if (!isReady || child.pid === undefined) throw new ContainerError(`cannot give the container a network: ${complaint.trim().split('\n').at(-1) ?? ''}`);
  try {
    const ports: PublishedPort[] = [];
    for (const port of container.spec.ports) ports.push(await forward(socket, container, port));
    return ports;
  } catch (error) {
    process.kill(child.pid, 'SIGKILL');
    throw error;
  }
}

/** Somebody else may take a port that was just free. */
const choicesMax = 10;

async function forward(socket: string, { id, name }: Container, port: PublishedPort): Promise<PublishedPort> {
  const { protocol, hostAddress, containerPort } = port;
  let { hostPort } = port;
  for (let choice = 0; choice < (port.hostPort === 0 ? choicesMax : 1); choice++) {
    if (port.hostPort === 0) hostPort = await freePort(hostAddress);
    const answer = await ask(socket, {
      execute: 'add_hostfwd',
      arguments: { proto: protocol, host_addr: hostAddress, host_port: hostPort, guest_port: containerPort },
    });
    if (!('error' in answer)) return { ...port, hostPort };
  }
  throw new ContainerError(
    `driver failed programming external connectivity on endpoint ${name} (${id}): Error starting userland proxy: listen ${protocol}4 ${hostAddress}:${hostPort}: bind: address already in use`,
  );
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

function ask(socket: string, request: object): Promise<object> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket, () => connection.end(JSON.stringify(request)));
    let text = '';
    connection.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    connection.once('error', reject);
    connection.once('close', () => {
      try {
        resolve(JSON.parse(text) as object); // slirp4netns answers with an object
      } catch {
        reject(new ContainerError(`slirp4netns gave no answer: ${text}`));
      }
    });
  });
}
