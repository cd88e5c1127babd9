/**
 * The configuration of an image (image-spec "OCI Image Configuration"), as people read it. It is a
 * stranger's document: what does not have the shape of the specification is left out, never refused,
 * since the image can be pulled all the same.
 */
import { isJsonObject, type JsonObject } from '@naru/oci/manifest-json';
import { formatPlatform } from '@naru/oci/platform';

/** Larger configurations are an attack, or no image's. */
export const configMaxBytes = 4 * 2 ** 20;

export type ImageConfig = {
  readonly platform: string;
  readonly created?: string;
  readonly author?: string;
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly stopSignal?: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly history: readonly HistoryEntry[];
};

/** `empty`: it changed no file, so it has no layer. */
export type HistoryEntry = { readonly createdBy?: string; readonly created?: string; readonly comment?: string; readonly empty: boolean };

/** Undefined when it is no configuration of an image: an artifact's, or not JSON. One that stands on layers runs, whatever it leaves unsaid. */
export function parseImageConfig(text: string): ImageConfig | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const unsaid = standsOnLayers(json) ? 'unknown' : undefined;
  const os = textOf(json, 'os') ?? unsaid;
  const architecture = textOf(json, 'architecture') ?? unsaid;
  if (os === undefined || architecture === undefined) return undefined;
  const variant = textOf(json, 'variant');
  const config = objectOf(json, 'config');
  return {
    platform: formatPlatform({ os, architecture, ...(variant !== undefined && { variant }) }),
    ...texts({
      created: textOf(json, 'created'),
      author: textOf(json, 'author'),
      user: textOf(config, 'User'),
      workingDirectory: textOf(config, 'WorkingDir'),
      stopSignal: textOf(config, 'StopSignal'),
    }),
    entrypoint: listOf(config, 'Entrypoint'),
    command: listOf(config, 'Cmd'),
    environment: listOf(config, 'Env'),
    ports: Object.keys(objectOf(config, 'ExposedPorts')),
    volumes: Object.keys(objectOf(config, 'Volumes')),
    labels: Object.fromEntries(Object.entries(objectOf(config, 'Labels')).filter((label): label is [string, string] => typeof label[1] === 'string')),
    history: historyOf(json['history']),
  };
}

/** As clients read it, who tell no capitals apart. */
export function standsOnLayers(config: object): boolean {
  return Object.keys(config).some((key) => key.toLowerCase() === 'rootfs');
}

function historyOf(value: unknown): HistoryEntry[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).map((entry) => ({
    ...texts({ createdBy: textOf(entry, 'created_by'), created: textOf(entry, 'created'), comment: textOf(entry, 'comment') }),
    empty: entry['empty_layer'] === true,
  }));
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(json: JsonObject, field: string): string | undefined {
  const value = json[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listOf(json: JsonObject, field: string): string[] {
  const value = json[field];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function objectOf(json: JsonObject, field: string): JsonObject {
  const value = json[field];
  return isJsonObject(value) ? value : {};
}

function texts<Fields extends Readonly<Record<string, string | undefined>>>(fields: Fields): { [Name in keyof Fields]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Name in keyof Fields]?: string }; // the same names
}
