/**
 * HTTPS: a listener that speaks TLS, in front of the plain server, which then listens on a port of
 * loopback that only this process uses. Bun's own server could speak TLS by itself, and somewhat
 * faster; but it cannot change its certificate without closing connections, says nothing of the
 * client's certificate, counts no connections, and leaves plain HTTP without an answer
 * (docs/decisions/0013). Here a change of certificate is for new connections, and the running ones
 * live on.
 *
 * The plain server knows whose request it has by the port that the connection to it comes from. A
 * port that is not ours is some other program of this computer, and is refused.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { firstRequestTimeoutMs, handshakeTimeoutMs } from './limits.ts';
import type { ClientCertificate } from './request.ts';
import { type HttpServer, type HttpServerOptions, type Peer, startHttpServer } from './server.ts';

/** PEM. */
export type ServerIdentity = { readonly cert: string; readonly key: string };

export type TlsServerOptions = Omit<HttpServerOptions, 'listen' | 'findPeer'> & {
  readonly listen: { readonly host: string; readonly port: number };
  readonly identity: ServerIdentity;
  /** PEM of those whose client certificates are believed. */
  readonly clients?: { readonly ca: string; readonly certificates: 'request' | 'require' };
  readonly connectionsMax: number;
  /** From the end of the handshake to the end of the first request's headers. */
  readonly firstRequestMs?: number;
};

export type TlsServer = HttpServer & {
  /** For connections from now on. Throws when the two do not belong together, and leaves all as it was. */
  useIdentity(identity: ServerIdentity): void;
};

/** What Go's servers answer, which people know, and what to do. */
const httpsOnly =
  'Client sent an HTTP request to an HTTPS server. This registry speaks TLS: use https:// (see "Serve other computers" in its documentation).\n';
const plainAnswer = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${httpsOnly.length}\r\nConnection: close\r\n\r\n${httpsOnly}`;

/** A client that has everything closes; one on which nothing moves for this long is gone. */
const lingerMs = 10_000;

/** The first byte of a TLS handshake; no method of HTTP begins with it. */
const handshakeRecord = 0x16;

export async function startTlsServer(settings: TlsServerOptions): Promise<TlsServer> {
  const { listen, identity, clients, connectionsMax, firstRequestMs = firstRequestTimeoutMs, ...options } = settings;
  const { log } = options;
  const peers = new Map<number, { readonly peer: Peer; readonly begun: () => void }>();
  /** Connections before the end of their handshake: what ends the wait. */
  const waiting = new Map<string, () => void>();
  const open = new Set<TLSSocket>();
  const inner = startHttpServer({ ...options, listen: { host: '127.0.0.1', port: 0 }, findPeer });
  let isFull = false;

  const verification = clients === undefined ? {} : { ca: clients.ca, requestCert: true, rejectUnauthorized: clients.certificates === 'require' };
  const contextOf = ({ cert, key }: ServerIdentity): SecureContextOptions => ({ cert, key, ...(clients && { ca: clients.ca }) });
  const terminator = createTlsServer({ ...contextOf(identity), ...verification, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] }, passOn);
  terminator.on('tlsClientError', (error: Error, socket?: Socket) => {
    log.debug('TLS handshake failed', { error: error.message });
    socket?.destroy();
  });

  const front = createServer({ noDelay: true }, accept);
  try {
    await listenOn(front, listen);
  } catch (error) {
    await inner.drain(0);
    throw error;
  }
  const address = front.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : listen.port,
    useIdentity: (next) => terminator.setSecureContext(contextOf(next)),
    async drain(timeoutMs) {
      front.close();
      const enough = new Promise((resolve) => setTimeout(resolve, timeoutMs).unref());
      await inner.drain(timeoutMs);
      // What the plain server has given away may still be on its way to a slow client.
      await Promise.race([Promise.all([...open].map(sent)), enough]);
      for (const socket of open) socket.destroy();
    },
  };

  function accept(socket: Socket): void {
    socket.on('error', ignore);
    if (waiting.size + open.size >= connectionsMax) {
      if (!isFull) log.warn('too many connections: new ones are closed', { connectionsMax });
      isFull = true;
      socket.destroy();
      return;
    }
    isFull = false;
    const key = keyOf(socket);
    const deadline = setTimeout(() => socket.destroy(), handshakeTimeoutMs);
    const settle = (): void => {
      clearTimeout(deadline);
      waiting.delete(key);
    };
    waiting.set(key, settle);
    socket.once('close', settle);
    socket.once('data', (first: Buffer) => {
      if (first[0] !== handshakeRecord) {
        socket.end(plainAnswer);
        return;
      }
      socket.pause();
      socket.unshift(first);
      // Node's own way in for connections that somebody else accepted.
      terminator.emit('connection', socket);
    });
  }

  /** The plain server asks when it has read the headers of a request. */
  function findPeer(port: number): Peer | undefined {
    const connection = peers.get(port);
    connection?.begun();
    return connection?.peer;
  }

  function passOn(secure: TLSSocket): void {
    waiting.get(keyOf(secure))?.();
    open.add(secure);
    const late = setTimeout(() => secure.destroy(), firstRequestMs);
    const begun = (): void => clearTimeout(late);
    secure.once('close', () => {
      begun();
      open.delete(secure);
    });
    secure.on('error', ignore);
    const inside = connect({ host: '127.0.0.1', port: inner.port, noDelay: true });
    inside.once('connect', () => {
      const { localPort } = inside;
      if (localPort === undefined) return void inside.destroy();
      peers.set(localPort, { peer: { remoteAddress: secure.remoteAddress ?? '', scheme: 'https', ...certificateOf(secure) }, begun });
      inside.once('close', () => peers.delete(localPort));
      secure.pipe(inside);
      inside.pipe(secure);
    });
    inside.on('error', ignore);
    // Not destroyed yet: what was written may still be on its way, and a slow client needs its time.
    inside.once('close', () => {
      secure.end();
      secure.setTimeout(lingerMs, () => secure.destroy());
    });
    secure.once('close', () => inside.destroy());
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function listenOn(server: Server, listen: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...listen, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function certificateOf(secure: TLSSocket): { clientCertificate?: ClientCertificate } {
  const certificate = secure.authorized ? secure.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return {};
  const { subject, subjectAltName, issuer, fingerprint256 } = certificate;
  const commonName = /^CN=(.*)$/m.exec(subject)?.[1];
  return { clientCertificate: { subject: inOneLine(subject), commonName, subjectAltName, issuer: inOneLine(issuer), fingerprint: fingerprint256 } };
}

function inOneLine(name: string): string {
  return name.split('\n').join(', ');
}

function sent(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    // 'finish' comes when the last byte was encrypted, which is before it is sent.
    socket.once('close', () => resolve());
  });
}

/** A connection that breaks is closed, and its 'close' is what we wait for. */
function ignore(): void {}
