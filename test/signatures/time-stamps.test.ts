/** Notation's signatures whose certificates have ended since: what a time-stamp proves, and what it does not. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDigest } from '@naru/oci/digest';
import { checkNotation } from '@naru/server/signatures/check-notation';
import { InvalidSignature } from '@naru/server/signatures/signature';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { type NotationChanges, startAuthority } from './signers.ts';
import { startTimeAuthority, type TimeAuthority } from './time-authority.ts';

setDefaultTimeout(60_000);

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function clockOf(key: Parameters<typeof startTimeAuthority>[1]): Promise<TimeAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'naru-time-'));
  folders.push(folder);
  return startTimeAuthority(folder, key);
}

const hourMs = 3600e3;
const { manifest } = makeImage({ seed: 'stamped' });

describe.skipIf(!needs('openssl')).each(['JWS', 'COSE'] as const)('%s', (format) => {
  const authority = startAuthority();

  /** As it is an hour after its certificate has ended. */
  async function outcome(changes: NotationChanges, believed?: string, after = 2 * hourMs): Promise<string> {
    const ours = await authority;
    const ending = { notAfter: new Date(Date.now() + hourMs), ...changes };
    const [mediaType, bytes] =
      format === 'JWS'
        ? ['application/jose+json', Buffer.from(JSON.stringify(await ours.notation(manifest, ending)))]
        : ['application/cose', await ours.notationCose(manifest, ending)];
    const document = { kind: 'certificate', certificates: ours.certificate, ...(believed !== undefined && { timestampCertificates: believed }) } as const;
    const signer = { name: 'release', scope: { kind: 'server' }, document } as const;
    const image = parseDigest(manifest.digest);
    return checkNotation({ bytes, mediaType, image }, [signer], Date.now() + after).then(
      (proof) => proof.signer.name,
      (error: unknown) => (error instanceof InvalidSignature ? `${error.reason}: ${error.message}` : String(error)),
    );
  }

  test.each(['rsa:2048', 'ec'] as const)('a time-stamp by %s proves that the certificate was valid', async (key) => {
    const clock = await clockOf(key);
    expect(await outcome({ stamp: clock.stamp }, clock.certificate)).toBe('release');
    expect(await outcome({ stamp: (signature) => clock.stamp(signature, 'sha512') }, clock.certificate)).toBe('release');
    expect(await outcome({}, clock.certificate, 0)).toBe('release');
  });

  test('and nothing else', async () => {
    const [clock, stranger] = [await clockOf('ec'), await clockOf('ec')];
    const counts = (why: string) => `expired: the time-stamp does not count: ${why}`;
    expect(await outcome({ stamp: clock.stamp })).toStartWith('expired: the certificate of');
    expect(await outcome({}, clock.certificate)).toStartWith('expired: the certificate of');
    expect(await outcome({ stamp: clock.stamp }, stranger.certificate)).toBe(counts('no trusted authority of time has made it'));
    // The authority of signers is none of time.
    expect(await outcome({ stamp: clock.stamp }, (await authority).certificate)).toBe(counts('no trusted authority of time has made it'));
    expect(await outcome({ stamp: () => clock.stamp(new Uint8Array(64)) }, clock.certificate)).toBe(counts('it is not of this signature'));
    expect(await outcome({ stamp: (signature) => clock.stamp(signature, 'sha1') }, clock.certificate)).toBe(counts('its hash is no SHA-2'));
    expect(await outcome({ stamp: async () => new Uint8Array(99) }, clock.certificate)).toBe(counts('it cannot be read'));
    const broken = async (signature: Uint8Array) => {
      const token = await clock.stamp(signature);
      return token.fill(0, token.length - 2);
    };
    expect(await outcome({ stamp: broken }, clock.certificate)).toStartWith('expired: the time-stamp does not count');
    // Stamped when the certificate had ended already.
    expect(await outcome({ stamp: clock.stamp, notAfter: new Date(Date.now() - hourMs) }, clock.certificate)).toStartWith('expired: the certificate of');
    // The signature's own end is the signer's word, and holds.
    expect(await outcome({ stamp: clock.stamp, expiry: new Date(Date.now() + hourMs) }, clock.certificate)).toStartWith('expired: it was good until');
  });
});
