/** What the files of an image say that matters to whoever lints it, as far as its layers have been looked into. */
import type { Digest } from '@naru/oci/digest';
import { fileLayers } from '../files/image-layers.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { ImageDetail } from '../registry/images.ts';
import type { FileFacts, Placed } from './lint-image.ts';

/** Of each kind, in one image (I6). */
const placesMax = 50;
/** Found by the names of their packages. */
const managers = ['apt', 'apk-tools', 'dnf', 'yum', 'pip', 'npm', 'yarn', 'pnpm'] as const;

export async function readFileFacts(
  image: ImageDetail,
  { files, inventory }: Pick<MetadataStore, 'files' | 'inventory'>,
): Promise<FileFacts & { readonly isWhole: boolean }> {
  const { digest } = image;
  const order = fileLayers(image);
  const known = await files.findLayers(order);
  const secrets = await inventory.listSecrets(digest, { limit: placesMax * 10 });
  const packageManagers = [];
  for (const name of managers) {
    for (const { path, layer } of await inventory.listPackages(digest, { name, limit: 5 })) packageManagers.push({ name, path, ...(layer && { layer }) });
  }
  return {
    isWhole: new Set(order).size === known.length && (await inventory.find(digest)) !== undefined,
    setuid: await listSetuid(order, files),
    privateKeys: secrets.filter(({ rule }) => rule === 'private-key').map(({ place, layer }) => ({ path: place, ...(layer && { layer }) })),
    packageManagers,
  };
}

/** Those that are there in the end: a later layer may take one away, or its bit. */
async function listSetuid(layers: readonly Digest[], files: MetadataStore['files']): Promise<Placed[]> {
  const found: Placed[] = [];
  for (const { layer, parent, name } of await files.listSetuid(layers, placesMax)) {
    const said = await files.findNamed(layers, parent, [name, `.wh.${name}`]);
    const last = said.toSorted((one, other) => layers.lastIndexOf(one.layer) - layers.lastIndexOf(other.layer)).at(-1);
    if (last?.layer === layer) found.push({ path: parent === '' ? name : `${parent}/${name}`, layer });
  }
  return found;
}
