/** Image configs (image-spec "config"), as far as the local store and its commands read them. */
import { isDigest, type Digest } from '@naru/oci/digest';
import { isJsonObject, type JsonObject } from '@naru/oci/manifest-json';
import { StoreError } from './store-error.ts';

export const configMaxBytes = 8 * 1024 * 1024;

export type ImageHistory = { readonly created?: string; readonly createdBy: string; readonly comment: string; readonly isEmpty: boolean };

export type ImageConfig = {
  /** The whole document. */
  readonly json: JsonObject;
  /** Epoch ms; undefined when it does not say. */
  readonly createdAt: number | undefined;
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly diffIds: readonly Digest[];
  readonly history: readonly ImageHistory[];
};

/** Throws StoreError `wrong-content`. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const json = parseJson(bytes);
  const config = isJsonObject(json['config']) ? json['config'] : {};
  const rootfs = isJsonObject(json['rootfs']) ? json['rootfs'] : {};
  const diffIds = rootfs['diff_ids'] ?? [];
  if (!Array.isArray(diffIds) || !diffIds.every((id): id is Digest => typeof id === 'string' && isDigest(id))) throw invalid('rootfs.diff_ids must be digests');
  const history = Array.isArray(json['history']) ? json['history'] : [];
  const created = Date.parse(text(json['created']));
  return {
    json,
    createdAt: Number.isNaN(created) ? undefined : created,
    os: text(json['os']),
    architecture: text(json['architecture']),
    variant: text(json['variant']) || undefined,
    labels: stringsOf(config['Labels']),
    diffIds,
    history: history.filter(isJsonObject).map((entry) => ({
      ...(typeof entry['created'] === 'string' && { created: entry['created'] }),
      createdBy: text(entry['created_by']),
      comment: text(entry['comment']),
      isEmpty: entry['empty_layer'] === true,
    })),
  };
}

function parseJson(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('it is not JSON');
  }
  if (!isJsonObject(value)) throw invalid('it is not a JSON object');
  return value;
}

function stringsOf(value: unknown): Record<string, string> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function invalid(why: string): StoreError {
  return new StoreError('wrong-content', `invalid image config: ${why}`);
}
