/** `naru signer …`: whom a repository, a namespace or the server believes about its images. */
import { readFileSync } from 'node:fs';
import { type ApiCommand, apiCommand, type Given, segment } from './api-command.ts';

const placeFlags = [
  { name: 'repository', value: 'NAME', description: 'For this repository.' },
  { name: 'namespace', value: 'NAME', description: 'For all of this user or organisation. Without either: for the whole server.' },
] as const;
const one = { min: 1, max: 1 };

export const signerCommands = {
  'signer add': apiCommand(
    'Trust a signer of images: by a key, by an authority of certificates, or by an identity of a keyless signature',
    'NAME',
    one,
    [
      { name: 'key', value: 'FILE', description: 'Its public key in PEM, such as cosign.pub.' },
      { name: 'certificates', value: 'FILE', description: 'The authorities in PEM that certify it, for Notation.' },
      { name: 'timestamp-certificates', value: 'FILE', description: 'The authorities in PEM that are believed when it has signed.' },
      { name: 'subject', value: 'TEXT', description: 'What its certificate must say: CN=…,O=…; of an identity its address, * for anything.' },
      { name: 'issuer', value: 'URL', description: 'Who must have proved the identity.' },
      {
        name: 'trusted-root',
        value: 'FILE',
        description: 'The authorities and logs that count for identities: Sigstore’s trusted_root.json, or one of your own.',
      },
      ...placeFlags,
    ],
    (given) => ({ method: 'PUT', path: `${place(given)}/${segment(given.words[0])}`, body: documentOf(given) }),
  ),
  'signer ls': apiCommand('List trusted signers', '', { min: 0, max: 0 }, placeFlags, (given) => ({ method: 'GET', path: place(given) })),
  'signer rm': apiCommand('Trust a signer no more', 'NAME', one, placeFlags, (given) => ({
    method: 'DELETE',
    path: `${place(given)}/${segment(given.words[0])}`,
  })),
  signatures: apiCommand(
    'List the signatures of an image, whether each is valid, and why not: REFERENCE is a tag or a digest',
    'REPOSITORY REFERENCE',
    { min: 2, max: 2 },
    [],
    ({ words: [name, reference] }) => ({ method: 'GET', path: `/repositories/${name}/-/images/${segment(reference)}/signatures` }),
  ),
} as const satisfies Record<string, ApiCommand>;

function place({ values: { repository, namespace } }: Pick<Given, 'values'>): string {
  return repository === undefined ? `/namespaces/${segment(namespace ?? 'server')}/signers` : `/repositories/${repository}/-/signers`;
}

function documentOf({ values }: Given): Readonly<Record<string, unknown>> {
  const { key, certificates, subject, issuer } = values;
  const root = values['trusted-root'];
  if ([key, certificates, root].filter((given) => given !== undefined).length !== 1)
    throw new Error('a signer needs one of --key, --certificates and --trusted-root');
  if (key !== undefined) return { kind: 'key', publicKey: readFileSync(key, 'utf8') };
  const stamps = values['timestamp-certificates'];
  const timestampCertificates = stamps === undefined ? undefined : readFileSync(stamps, 'utf8');
  if (certificates !== undefined) return { kind: 'certificate', certificates: readFileSync(certificates, 'utf8'), subject, timestampCertificates };
  return { kind: 'identity', issuer, subject, trustedRoot: JSON.parse(readFileSync(root ?? '', 'utf8')) as unknown };
}
