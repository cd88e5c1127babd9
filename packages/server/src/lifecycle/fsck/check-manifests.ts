import { contentReferences, manifestMaxBytes, parseManifest } from '@naru/oci/manifest';
import type { ContentReference } from '../../metadata/port.ts';
import type { ManifestRow } from '../../metadata/collection-port.ts';
import { hasDigest } from '../../runtime/hash-bytes.ts';
import { pagesOfManifestRows } from '../pages.ts';
import type { IntegrityCheck } from './finding.ts';

/**
 * I5: a manifest's bytes hash to its digest. I4: what was recorded of it, which collection goes by,
 * is what its bytes say. I6: none is larger than a manifest may be. A row is read with its bytes and
 * references in one go, and what it says never changes, so there is nothing to look at twice.
 */
export const checkManifests: IntegrityCheck = async function* ({ stores: { rows }, signal, checked }) {
  for await (const page of pagesOfManifestRows(rows.integrity, signal)) {
    for (const row of page) {
      checked.manifests++;
      const name = `manifest ${row.repository}@${row.digest}`;
      if (row.bytes.length > manifestMaxBytes)
        yield { invariant: 'I6', what: `${name} has ${row.bytes.length} bytes, more than the ${manifestMaxBytes} that are accepted` };
      if (!hasDigest(row.digest, row.bytes)) {
        yield { invariant: 'I5', what: `${name} has bytes of another digest and is not served: push it again, or restore the database from a backup` };
        continue;
      }
      const difference = describeDifference(row);
      if (difference !== undefined) yield { invariant: 'I4', what: `${name} ${difference}` };
    }
  }
};

function describeDifference({ bytes, mediaType, artifactType, subject, references }: ManifestRow): string | undefined {
  try {
    const parsed = parseManifest(bytes, mediaType);
    if (parsed.subject?.digest !== subject) return `has the subject ${parsed.subject?.digest ?? 'none'}, but ${subject ?? 'none'} is recorded`;
    if (parsed.artifactType !== artifactType) return `has the artifact type ${parsed.artifactType ?? 'none'}, but ${artifactType ?? 'none'} is recorded`;
    const known = new Set(references.map(({ digest }) => digest));
    // What is optional is recorded if it was there when the manifest was pushed.
    const said = asText(contentReferences(parsed).filter(({ digest, optional }) => !optional || known.has(digest)));
    const recorded = asText(references);
    return said === recorded ? undefined : `refers to [${said}], but [${recorded}] is recorded`;
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function asText(references: readonly ContentReference[]): string {
  return references
    .map(({ role, digest }) => `${role} ${digest}`)
    .toSorted()
    .join(', ');
}
