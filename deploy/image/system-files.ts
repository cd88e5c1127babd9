/** What is below the program: the runtime, the libraries that it is linked with, certificates, and two accounts. No shell. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The number of the account that the registry runs as; usual for images without a shell. */
export const dataOwner = 65_532;

const certificates = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];
/** Opened by name when one is looked up, so no list of links names them. */
const resolvers = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];

export function writeSystem(to: string): void {
  for (const library of librariesOf(process.execPath)) copyTo(to, library);
  put(to, 'etc/passwd', `root:x:0:0:root:/root:/sbin/nologin\nnaru:x:${dataOwner}:${dataOwner}:naru:/var/lib/naru:/sbin/nologin\n`);
  put(to, 'etc/group', `root:x:0:\nnaru:x:${dataOwner}:\n`);
  put(to, 'etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
  const bundle = certificates.find((path) => existsSync(path));
  if (bundle !== undefined) put(to, 'etc/ssl/certs/ca-certificates.crt', readFileSync(bundle));
  mkdirSync(join(to, 'tmp'), { recursive: true });
  execFileSync('chmod', ['1777', join(to, 'tmp')]);
}

/** With the loader, which is one of them; paths as the program looks for them. */
function librariesOf(program: string): string[] {
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' });
  const paths = [...linked.matchAll(/(?:=>\s*)?(\/\S+)\s+\(0x/g)].map(([, path]) => path ?? '');
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const more = resolvers.flatMap((name) => folders.map((folder) => join(folder, name)).filter((path) => existsSync(path)));
  return [...new Set([...paths, ...more])];
}

function copyTo(root: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(path, join(root, path)); // through its links: the name stays, the content is one file
}

function put(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
