/** An authority of time, by `openssl ts`: what it has signed was there when it did. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const configuration = `
[req]
distinguished_name = name
prompt = no
[name]
CN = time
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamps]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = clock
[clock]
dir = .
serial = serial
default_policy = 1.2.3.4
digests = sha1, sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1
ess_cert_id_chain = yes
`;

export type TimeAuthority = {
  readonly certificate: string;
  /** RFC 3161's token of these bytes. */
  stamp(bytes: Uint8Array, hash?: string): Promise<Uint8Array>;
};

/** `folder` is its own. */
export async function startTimeAuthority(folder: string, key: 'rsa:2048' | 'ec'): Promise<TimeAuthority> {
  const openssl = (...words: string[]) => run('openssl', words, { cwd: folder });
  const make = key === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-newkey', key];
  await writeFile(join(folder, 'openssl.cnf'), configuration);
  await writeFile(join(folder, 'serial'), '01\n');
  const request = ['req', '-config', 'openssl.cnf', '-nodes', ...make];
  await openssl(...request, '-x509', '-days', '3650', '-subj', '/CN=root of time', '-extensions', 'authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  await openssl(...request, '-subj', '/CN=clock', '-keyout', 'tsa.key', '-out', 'tsa.csr');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3650', '-extfile', 'openssl.cnf', '-extensions', 'stamps'];
  await openssl('x509', '-req', '-in', 'tsa.csr', ...signing, '-out', 'tsa.pem');
  return {
    certificate: await readFile(join(folder, 'ca.pem'), 'utf8'),
    async stamp(bytes, hash = 'sha256') {
      await writeFile(join(folder, 'signature'), bytes);
      await openssl('ts', '-query', '-data', 'signature', `-${hash}`, '-cert', '-no_nonce', '-out', 'query');
      const reply = ['-queryfile', 'query', '-signer', 'tsa.pem', '-inkey', 'tsa.key', '-chain', 'ca.pem', '-token_out', '-out', 'token'];
      await openssl('ts', '-reply', '-config', 'openssl.cnf', '-section', 'clock', ...reply);
      return readFile(join(folder, 'token'));
    },
  };
}
