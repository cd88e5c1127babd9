/**
 * Certificates for a registry, in the folders that Docker and Podman share: `<certs.d>/<host:port>/`
 * with `*.crt` (authorities), `X.cert` and `X.key` (who we are). The folder's name must be the host as
 * references write it, port included. The first folder that has the host counts.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { RemoteError } from '../remote/remote-error.ts';
import { configHome, type Environment, readVariable, type Surroundings } from './environment.ts';

export type Certificates = { readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string };

export function certificateFolders(surroundings: Surroundings): string[] {
  return [
    join(configHome(surroundings), 'containers', 'certs.d'),
    join(surroundings.homeFolder, '.docker', 'certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
}

/** Throws RemoteError `tls` when a pair is not whole. */
export async function readCertificates(host: string, folders: readonly string[], authorities: () => Promise<readonly string[]>): Promise<Certificates> {
  for (const parent of folders) {
    const folder = join(parent, host);
    const names = await listFolder(folder);
    if (names === undefined) continue;
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    const ca = await Promise.all(names.filter((name) => name.endsWith('.crt')).map(read));
    const pair = findPair(names, folder);
    return {
      ...(ca.length > 0 && { ca: [...(await authorities()), ...ca] }),
      ...(pair !== undefined && { cert: await read(`${pair}.cert`), key: await read(`${pair}.key`) }),
    };
  }
  return {};
}

/** What the machine trusts: its own bundle, where a company puts its authority; else the runtime's. */
export async function readSystemAuthorities(environment: Environment): Promise<readonly string[]> {
  const places = [readVariable(environment, 'SSL_CERT_FILE'), '/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];
  for (const place of places) {
    if (place === undefined) continue;
    try {
      return [await readFile(place, 'utf8')];
    } catch {
      // The next place may have it.
    }
  }
  return rootCertificates;
}

function findPair(names: readonly string[], folder: string): string | undefined {
  const stems = (ending: string) =>
    names
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  const [certs, keys] = [stems('.cert'), stems('.key')];
  const alone = certs.find((stem) => !keys.includes(stem));
  if (alone !== undefined) {
    throw new RemoteError('tls', `missing key ${alone}.key for client certificate ${alone}.cert in ${folder}. CA certificates must use the extension .crt`);
  }
  const lonely = keys.find((stem) => !certs.includes(stem));
  if (lonely !== undefined) throw new RemoteError('tls', `missing client certificate ${lonely}.cert for key ${lonely}.key in ${folder}`);
  return certs[0];
}

async function listFolder(folder: string): Promise<string[] | undefined> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw new RemoteError('tls', `the certificates in ${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
