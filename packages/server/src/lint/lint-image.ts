/**
 * What is amiss with an image that was pushed, as its manifest and configuration tell: what a reviewer
 * of its Dockerfile would say. Pure. Layers of the base are nobody's fault here, so steps below
 * `inheritedLayers` are only listed. Values that look like secrets are never repeated.
 */
import type { Digest } from '@naru/oci/digest';
import type { ImageDetail, Step } from '../registry/images.ts';
import { findSecretName, withoutSecrets } from './secrets.ts';

export const lintRules = [
  'root-user',
  'base-unpinned',
  'base-unknown',
  'only-latest',
  'large-step',
  'many-layers',
  'cache-hostile',
  'secret-in-environment',
  'secret-in-history',
  'private-key',
  'setuid-file',
  'package-manager',
] as const;
export type LintRule = (typeof lintRules)[number];

/** `step`: which of the report's steps is meant, from 0. `sizeBytes`: what it costs. `layer`, `path`: what brought it, and where it is. */
export type LintFinding = {
  readonly rule: LintRule;
  readonly level: 'warning' | 'note';
  readonly message: string;
  readonly step?: number;
  readonly sizeBytes?: number;
  readonly layer?: Digest;
  readonly path?: string;
};

/** `sizeBytes`: of the layer as it is pulled; 0 for a step that changed no file. */
export type LintStep = { readonly instruction: string; readonly sizeBytes: number; readonly isInherited: boolean };

export type LintReport = { readonly findings: readonly LintFinding[]; readonly steps: readonly LintStep[] };

export type LintFacts = {
  readonly image: Pick<ImageDetail, 'config' | 'layers' | 'steps' | 'annotations'>;
  readonly tags: readonly string[];
  /** The nearest image that it stands on: how many layers that has, and the tags on it. */
  readonly base?: { readonly layers: number; readonly tags: readonly string[] };
  /** What its files say, as far as somebody has looked. */
  readonly files?: FileFacts;
};

/** A place in an image. Without a layer it is in its configuration. */
export type Placed = { readonly path: string; readonly layer?: Digest };

export type FileFacts = {
  /** Programs that run with the rights of their owner or group, whoever starts them. */
  readonly setuid: readonly Placed[];
  readonly privateKeys: readonly Placed[];
  readonly packageManagers: readonly (Placed & { readonly name: string })[];
};

export const largeStepBytes = 100 * 2 ** 20;
export const layersMax = 60;

export function lintImage({ image, tags, base, files }: LintFacts): LintReport {
  const steps = toSteps(image, base?.layers ?? 0);
  return {
    steps,
    findings: [
      ...lintUser(image),
      ...lintBase(image, base),
      ...lintTags(tags),
      ...lintSizes(steps, image.layers.length),
      ...lintOrder(steps),
      ...lintSecrets(image),
      ...(files === undefined ? [] : lintFiles(files, image, base?.layers ?? 0)),
    ],
  };
}

function lintUser({ config }: LintFacts['image']): LintFinding[] {
  if (config === undefined) return [];
  const [user = ''] = (config.user ?? '').split(':');
  if (user !== '' && user !== 'root' && !/^0+$/.test(user)) return [];
  return [{ rule: 'root-user', level: 'warning', message: 'it runs as root: name another user with USER' }];
}

function lintBase({ annotations, layers }: LintFacts['image'], base: LintFacts['base']): LintFinding[] {
  const name = annotations['org.opencontainers.image.base.name'];
  if (name !== undefined) return isPinned(name) ? [] : [unpinned(`it is built on ${shorten(name)}, which is another image tomorrow`)];
  if (base !== undefined) {
    return base.tags.length === 1 && base.tags[0] === 'latest' ? [unpinned('the image that it is built on has no tag but latest')] : [];
  }
  if (layers.length === 0 || annotations['org.opencontainers.image.base.digest'] !== undefined) return [];
  const message = 'nothing tells what it is built on: annotate it with org.opencontainers.image.base.name and .digest, or push the base here';
  return [{ rule: 'base-unknown', level: 'note', message }];
}

function unpinned(what: string): LintFinding {
  return { rule: 'base-unpinned', level: 'warning', message: `${what}: name a version in FROM, or a digest` };
}

/** By a digest, or by a tag that is not `latest`. */
function isPinned(name: string): boolean {
  if (name.includes('@')) return true;
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return tag !== undefined && tag !== 'latest';
}

function lintTags(tags: readonly string[]): LintFinding[] {
  const isOnlyLatest = tags.length === 1 && tags[0] === 'latest';
  return isOnlyLatest ? [{ rule: 'only-latest', level: 'warning', message: 'it has no tag but latest: nobody can say later which version this was' }] : [];
}

function lintSizes(steps: readonly LintStep[], layers: number): LintFinding[] {
  const large = steps.flatMap(({ instruction, sizeBytes, isInherited }, step): LintFinding[] =>
    isInherited || sizeBytes < largeStepBytes
      ? []
      : [{ rule: 'large-step', level: 'warning', message: `${shorten(instruction)} adds ${Math.round(sizeBytes / 2 ** 20)} MiB`, step, sizeBytes }],
  );
  return layers <= layersMax ? large : [...large, { rule: 'many-layers', level: 'note', message: `it has ${layers} layers: join steps that belong together` }];
}

/** Everything is copied, and only then what was asked for is installed: each change of a source installs it again. */
function lintOrder(steps: readonly LintStep[]): LintFinding[] {
  const copied = steps.findIndex(({ instruction, isInherited }) => !isInherited && copiesAll.test(instruction));
  if (copied < 0) return [];
  return steps.flatMap(({ instruction, sizeBytes }, step): LintFinding[] => {
    const installed = step > copied ? installs.exec(instruction)?.[0].trim() : undefined;
    if (installed === undefined) return [];
    const message = `${installed} runs again whenever any file that was copied before it changes: copy what it reads first, and the rest after it`;
    return [{ rule: 'cache-hostile', level: 'warning', message, step, sizeBytes }];
  });
}

/** As builders write it into the history: BuildKit the words, others `dir:` and a hash for a folder. */
const copiesAll = /^(?:COPY|ADD)\s+(?:--\S+\s+)*(?:\.\/?\s|dir:)/;
const installs =
  /\b(?:npm (?:ci|i|install)|yarn install|pnpm (?:i|install)|pip3? install|poetry install|uv sync|apt(?:-get)? (?:-\S+ )*install|apk (?:-\S+ )*add|(?:micro)?dnf (?:-\S+ )*install|yum (?:-\S+ )*install|go mod download|cargo fetch|mvn \S+|dotnet restore|bundle install|composer install|gem install)(?= |$)/;

function lintSecrets({ config, steps }: LintFacts['image']): LintFinding[] {
  const named = new Set<string>();
  const inEnvironment = (config?.environment ?? []).flatMap((entry): LintFinding[] => {
    const name = findSecretName(entry);
    if (name === undefined || named.has(name)) return [];
    named.add(name);
    const message = `${name} looks like a secret: whoever pulls the image can read it. Give it to the container when it runs`;
    return [{ rule: 'secret-in-environment', level: 'warning', message }];
  });
  const inHistory = steps.flatMap(({ createdBy = '' }, step): LintFinding[] => {
    // ENV stands in the history as well, and was told.
    const name = createdBy
      .split(/\s+/)
      .map(findSecretName)
      .find((found) => found !== undefined);
    if (name === undefined || named.has(name)) return [];
    named.add(name);
    const message = `${name} looks like a secret in the history of the build: use RUN --mount=type=secret`;
    return [{ rule: 'secret-in-history', level: 'warning', message, step }];
  });
  return [...inEnvironment, ...inHistory];
}

function lintFiles({ setuid, privateKeys, packageManagers }: FileFacts, image: LintFacts['image'], inherited: number): LintFinding[] {
  const own = ({ layer }: Placed, from = inherited) => layer === undefined || image.layers.findIndex(({ digest }) => digest === layer) >= from;
  const at = ({ path, layer }: Placed) => {
    const step = image.steps.findIndex((one) => layer !== undefined && one.layer?.digest === layer);
    return { path, ...(layer !== undefined && { layer }), ...(step >= 0 && { step }) };
  };
  const found = (rule: LintRule, message: string, place: Placed): LintFinding => ({ rule, level: 'warning', message, ...at(place) });
  return [
    ...privateKeys.filter((key) => own(key)).map((key) => found('private-key', `${key.path} holds a private key: whoever pulls the image has it`, key)),
    ...setuid.filter((file) => own(file)).map((file) => found('setuid-file', `${file.path} runs with the rights of its owner, whoever starts it`, file)),
    // What the first layer has was there, also when nobody knows what it is.
    ...packageManagers
      .filter((one) => own(one, Math.max(inherited, 1)))
      .map((one) => found('package-manager', `${one.name} was added: whoever gets in installs with it`, one)),
  ];
}

function toSteps({ layers, steps }: LintFacts['image'], inherited: number): LintStep[] {
  if (steps.length === 0) {
    return layers.map(({ sizeBytes }, index) => ({ instruction: '', sizeBytes, isInherited: index < inherited }));
  }
  let below = 0;
  return steps.map((step) => {
    if (step.layer !== undefined) below++;
    // What changed no file and comes behind the base's last layer may be either's: it is taken as this image's own.
    return {
      instruction: toInstruction(step),
      sizeBytes: step.layer?.sizeBytes ?? 0,
      isInherited: below < inherited || (below === inherited && step.layer !== undefined),
    };
  });
}

/** As it stands in a Dockerfile, whichever builder wrote the history. */
function toInstruction({ createdBy = '' }: Step): string {
  const text = withoutSecrets(createdBy)
    .replace(/\s*# buildkit$/, '')
    .trim();
  const quiet = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(text)?.[1];
  if (quiet !== undefined) return quiet.trim();
  const run = /^(?:RUN\s+)?(?:\|\d+\s.*?)?\/bin\/sh -c\s+(.*)$/s.exec(text)?.[1];
  return run === undefined ? text : `RUN ${run.trim()}`;
}

function shorten(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
