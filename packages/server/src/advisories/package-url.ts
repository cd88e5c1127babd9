/** Package URLs (https://github.com/package-url/purl-spec) of what is installed. */
import { isOfDistribution } from '../inventory/package.ts';
import type { InstalledAs } from '../metadata/finding-port.ts';

export function packageUrl({
  type,
  namespace,
  name,
  version,
  distribution,
}: Pick<InstalledAs, 'type' | 'namespace' | 'name' | 'version' | 'distribution'>): string {
  const [id = ''] = distribution.split(':');
  const space = namespace === '' && isOfDistribution(type) ? id : namespace;
  const path = [space, name]
    .filter((part) => part !== '')
    .flatMap((part) => part.split('/'))
    .map(encode);
  const release = distribution === '' ? '' : `?distro=${encode(distribution.replace(':', '-'))}`;
  return `pkg:${type}/${path.join('/')}@${encode(version)}${release}`;
}

const encode = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':');
