/**
 * The way to a running container's input and output: the socket that its supervisor listens on. It is
 * of the kind that keeps messages apart (SOCK_SEQPACKET), the first byte of each saying which stream it
 * is of, and the runtime's own sockets cannot open that kind: the C library does, and what it gives is
 * read and written like a file.
 */
import { dlopen, ptr } from 'bun:ffi';
import { closeSync, constants, openSync, read, write } from 'node:fs';
import { ContainerError } from './container.ts';
import { containerPaths } from './container-paths.ts';

export type Output = { readonly isError: boolean; readonly bytes: Uint8Array };

export interface Attachment extends Disposable {
  /** Undefined when the container has ended. */
  read(): Promise<Output | undefined>;
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more will be written. */
  endInput(): void;
}

/** Linux, on every machine. */
const unixDomain = 1;
const packetSocket = 5;
const closeOnExec = 0o2000000;
const stopWriting = 1;
const stopBoth = 2;
const addressBytes = 110;

/** conmon's buffers: a longer message would be cut. */
const messageBytes = 8192;
const errorStream = 3;

/** Throws ContainerError. */
export function attach(root: string, id: string): Attachment {
  const libc = openLibc();
  // An address has room for 107 bytes of a path; the folder may be deeper.
  const folder = openSync(containerPaths(root, id).bundle, constants.O_RDONLY | constants.O_DIRECTORY);
  const socket = libc.socket(unixDomain, packetSocket | closeOnExec, 0);
  const address = Buffer.alloc(addressBytes);
  address.writeUInt16LE(unixDomain, 0);
  address.write(`/proc/self/fd/${folder}/attach`, 2);
  const failed = libc.connect(socket, ptr(address), addressBytes) !== 0;
  closeSync(folder);
  if (failed) {
    closeSync(socket);
    throw new ContainerError(`cannot attach to container ${id}: its supervisor does not answer`);
  }
  return {
    async read() {
      const buffer = Buffer.alloc(messageBytes + 1);
      const length = await readSome(socket, buffer);
      return length === 0 ? undefined : { isError: buffer[0] === errorStream, bytes: buffer.subarray(1, length) };
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length; at += messageBytes) await writeAll(socket, bytes.subarray(at, at + messageBytes));
    },
    endInput: () => void libc.shutdown(socket, stopWriting),
    [Symbol.dispose]() {
      // Wakes whoever still reads: the process could not end before.
      libc.shutdown(socket, stopBoth);
      closeSync(socket);
    },
  };
}

type Libc = {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly connect: (socket: number, address: ReturnType<typeof ptr>, length: number) => number;
  readonly shutdown: (socket: number, how: number) => number;
};

function openLibc(): Libc {
  for (const name of ['libc.so.6', 'libc.so', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]) {
    try {
      return dlopen(name, {
        socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
        connect: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
        shutdown: { args: ['i32', 'i32'], returns: 'i32' },
      }).symbols;
    } catch {
      // not this one
    }
  }
  throw new ContainerError('cannot attach to a container here: the C library is not found');
}

/** Zero at the end, also when the other side broke off. */
function readSome(socket: number, buffer: Buffer): Promise<number> {
  return new Promise((resolve) => read(socket, buffer, 0, buffer.length, null, (error, length) => resolve(error ? 0 : length)));
}

/** What nobody reads any more is let go. */
function writeAll(socket: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => write(socket, bytes, () => resolve()));
}
