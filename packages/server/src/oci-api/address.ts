/**
 * Addresses under /v2. A repository name holds slashes, so an address is read from its end:
 *
 *     /v2/                                 ping
 *     /v2/_catalog                         catalog
 *     /v2/<name>/tags/list                 tags
 *     /v2/<name>/manifests/<reference>     manifest
 *     /v2/<name>/blobs/<digest>            blob
 *     /v2/<name>/blobs/uploads/            uploads
 *     /v2/<name>/blobs/uploads/<id>        upload
 *     /v2/<name>/referrers/<digest>        referrers
 */
export type Shape = 'ping' | 'catalog' | 'tags' | 'manifest' | 'blob' | 'uploads' | 'upload' | 'referrers';

/** `name` and `target` are as the client wrote them: not parsed yet. */
export type Address = { readonly shape: Shape; readonly name: string; readonly target: string };

const prefix = '/v2/';

export function readAddress(path: string): Address | undefined {
  if (path === '/v2' || path === prefix) return { shape: 'ping', name: '', target: '' };
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  if (rest === '_catalog') return { shape: 'catalog', name: '', target: '' };
  const slash = rest.lastIndexOf('/');
  const head = rest.slice(0, slash);
  const target = rest.slice(slash + 1);
  return (
    under('/blobs/uploads', target === '' ? 'uploads' : 'upload', head, target) ??
    // Some clients leave the last slash away.
    (target === 'uploads' ? under('/blobs', 'uploads', head, '') : undefined) ??
    under('/blobs', 'blob', head, target) ??
    under('/manifests', 'manifest', head, target) ??
    under('/referrers', 'referrers', head, target) ??
    (target === 'list' ? under('/tags', 'tags', head, '') : undefined)
  );
}

function under(suffix: string, shape: Shape, head: string, target: string): Address | undefined {
  return head.endsWith(suffix) && head.length > suffix.length ? { shape, name: head.slice(0, -suffix.length), target } : undefined;
}
