/** Package URLs of what findings are about: by the one writer of them, without the build and the source, which findings do not keep. */
import { packageUrlOf } from '../inventory/package-url.ts';
import type { InstalledAs } from '../metadata/finding-port.ts';

type Found = Pick<InstalledAs, 'type' | 'namespace' | 'name' | 'version' | 'distribution'>;

/** '' for what a scanner found and gave no type. */
export function packageUrl({ type, namespace, name, version, distribution }: Found): string {
  if (type === '') return '';
  const [id = '', release = ''] = distribution.split(':');
  const named = { type, namespace, name, version, architecture: '', sourceName: '', sourceVersion: '' };
  return packageUrlOf(named, distribution === '' ? undefined : { id, version: release, name: '' });
}
