/** A real LDAP directory: Debian's slapd on loopback, in a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeAuthority } from './client/certificates.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const base = 'dc=example,dc=org';
export const people = `ou=people,${base}`;
export const groups = `ou=groups,${base}`;
export const serviceDn = `cn=naru,${base}`;
export const servicePassword = 'service secret';

export type TestDirectory = AsyncDisposable & {
  /** `ldap://localhost:PORT` */
  readonly url: string;
  readonly tlsUrl: string;
  /** PEM file of the authority. */
  readonly ca: string;
  /** Adds or changes entries, as their owner: the text is LDIF with `changetype`. */
  change(ldif: string): void;
  /** What was asked since the last time: the operations' names, in order. */
  takeOperations(): string[];
  stop(): Promise<void>;
  start(): Promise<void>;
};

export async function startDirectory(ldif: string): Promise<TestDirectory> {
  const folder = await temporaryFolder('naru-slapd-');
  const at = (name: string) => join(folder.path, name);
  const authority = makeAuthority(at('tls'));
  const certificate = authority.issue('localhost', 'DNS:localhost');
  await mkdir(at('data'));
  await writeFile(at('slapd.conf'), configuration(at, { ca: authority.ca, ...certificate }));
  await writeFile(at('content.ldif'), `${foundation}\n${ldif}`);
  execFileSync('/usr/sbin/slapadd', ['-f', at('slapd.conf'), '-l', at('content.ldif')], { stdio: 'pipe' });
  const [port, tlsPort] = [await freePort(), await freePort()];
  let child: ChildProcess | undefined;
  let said = '';

  const directory: TestDirectory = {
    url: `ldap://localhost:${port}`,
    tlsUrl: `ldaps://localhost:${tlsPort}`,
    ca: authority.ca,
    change(text) {
      execFileSync('ldapmodify', ['-x', '-H', `ldap://127.0.0.1:${port}`, '-D', `cn=root,${base}`, '-w', 'root secret'], { input: text, stdio: 'pipe' });
    },
    takeOperations() {
      const operations = [...said.matchAll(/ op=\d+ (BIND dn="[^"]*" method|SRCH base=|UNBIND)/g)].map(([, name = '']) => name.slice(0, 4));
      said = '';
      return operations;
    },
    async start() {
      const urls = `ldap://127.0.0.1:${port} ldap://[::1]:${port} ldaps://127.0.0.1:${tlsPort} ldaps://[::1]:${tlsPort}`;
      // With -d it stays in the foreground, and 256 names each operation.
      child = spawn('/usr/sbin/slapd', ['-f', at('slapd.conf'), '-h', urls, '-d', '256'], { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
      await listening(port, child);
    },
    async stop() {
      if (child === undefined || child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
    async [Symbol.asyncDispose]() {
      await directory.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
  await directory.start();
  return directory;
}

export function personLdif(uid: string, { password, mail, more = '' }: { password: string; mail?: string; more?: string }): string {
  return `dn: uid=${uid},${people}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid.toUpperCase()} Person
sn: Person
userPassword: ${password}
${mail === undefined ? '' : `mail: ${mail}\n`}${more}
`;
}

export function groupLdif(cn: string, members: readonly string[]): string {
  return `dn: cn=${cn},${groups}
objectClass: groupOfNames
cn: ${cn}
${[`cn=nobody,${base}`, ...members.map((uid) => `uid=${uid},${people}`)].map((dn) => `member: ${dn}`).join('\n')}

`;
}

const foundation = `dn: ${base}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ${people}
objectClass: organizationalUnit
ou: people

dn: ${groups}
objectClass: organizationalUnit
ou: groups

dn: ${serviceDn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: naru
userPassword: ${servicePassword}
`;

/** Anonymous may bind as a person and read nothing; an empty password binds as nobody, as RFC 4513 lets it. */
function configuration(at: (name: string) => string, { ca, cert, key }: { ca: string; cert: string; key: string }): string {
  return `${['core', 'cosine', 'inetorgperson'].map((schema) => `include /etc/ldap/schema/${schema}.schema`).join('\n')}
pidfile ${at('slapd.pid')}
modulepath /usr/lib/ldap
moduleload back_mdb
allow bind_anon_cred bind_anon_dn
TLSCACertificateFile ${ca}
TLSCertificateFile ${cert}
TLSCertificateKeyFile ${key}
database mdb
suffix "${base}"
rootdn "cn=root,${base}"
rootpw "root secret"
directory ${at('data')}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${serviceDn}" read by self read by anonymous auth by * none
`;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}`);
    const socket = createConnection({ port, host: '127.0.0.1' });
    const isOpen = await new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    socket.destroy();
    if (isOpen) return;
    await Bun.sleep(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  server.close();
  return port;
}
