import type { X509Certificate } from 'node:crypto';
import { readCertificates } from './trusted-signer.ts';

/** Does a chain lead from the certificate over those that came with it to one of the authorities? Dates are not asked here. */
export function isIssuedBy(leaf: X509Certificate, others: readonly X509Certificate[], authorities: string): boolean {
  const trusted = readCertificates(authorities) ?? [];
  let at = leaf;
  // Each step uses up one of those that came along, so it ends.
  const left = new Set(others);
  for (;;) {
    const current = at;
    if (trusted.some((authority) => authority.fingerprint256 === current.fingerprint256 || (authority.ca && hasIssued(authority, current)))) return true;
    const next = [...left].find((one) => one.ca && one.fingerprint256 !== current.fingerprint256 && hasIssued(one, current));
    if (next === undefined) return false;
    left.delete(next);
    at = next;
  }
}

function hasIssued(authority: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** The distinguished name must have all parts that are demanded. */
export function findSubjectMismatch(certificate: X509Certificate, demanded: string | undefined): string | undefined {
  const parts = certificate.subject.split('\n').map((part) => part.trim());
  const missing = (demanded ?? '')
    .split(',')
    .map((part) => part.trim())
    .find((part) => part !== '' && !parts.includes(part));
  return missing === undefined ? undefined : `the certificate says ${parts.join(',').slice(0, 200)}, and not ${missing}`;
}
