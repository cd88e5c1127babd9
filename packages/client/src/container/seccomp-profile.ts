/**
 * Which system calls a container may make. The profile is the machine's, in the format that Docker
 * and Podman share (conditions on capabilities and architectures), and becomes the runtime's, which
 * knows no conditions. It is kept up to date by the distribution, as new calls come with new kernels.
 */
import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '@naru/oci/manifest-json';
import { ContainerError } from './container.ts';

/** Where Debian's, Fedora's and others' packages of it lie, and what an administrator puts in its place. */
export const profilePlaces = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json'];

const maxBytes = 1024 * 1024;

type Allowed = { readonly capabilities: readonly string[]; readonly architecture?: string };

/** `place` is a file, or `default`, of which there may be none. Throws ContainerError. */
export function readSeccompProfile(place: string, allowed: Allowed): object | undefined {
  for (const path of place === 'default' ? profilePlaces : [place]) {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (place === 'default') continue;
      throw new ContainerError(`opening seccomp profile (${path}) failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    return runtimeProfile(text, path, allowed);
  }
  return undefined;
}

/** As the profiles name them, by the runtime's names. */
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: 'x86',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};
const runtimeNames: Readonly<Record<string, string>> = {
  amd64: 'SCMP_ARCH_X86_64', x86: 'SCMP_ARCH_X86', arm64: 'SCMP_ARCH_AARCH64', arm: 'SCMP_ARCH_ARM', ppc64le: 'SCMP_ARCH_PPC64LE', s390x: 'SCMP_ARCH_S390X', riscv64: 'SCMP_ARCH_RISCV64',
}; // prettier-ignore

export function runtimeProfile(text: string, path: string, { capabilities, architecture = architectures[process.arch] ?? '' }: Allowed): object {
  const profile = parse(text, path);
  const own = runtimeNames[architecture];
  const group = objects(profile['archMap']).find((each) => each['architecture'] === own);
  const holds = (conditions: unknown, isAbsentTrue: boolean): boolean => {
    const { caps, arches } = isJsonObject(conditions) ? { caps: strings(conditions['caps']), arches: strings(conditions['arches']) } : { caps: [], arches: [] };
    if (caps.length === 0 && arches.length === 0) return isAbsentTrue;
    return isAbsentTrue
      ? caps.every((name) => capabilities.includes(name)) && (arches.length === 0 || arches.includes(architecture))
      : caps.some((name) => capabilities.includes(name)) || arches.includes(architecture);
  };
  return {
    defaultAction: profile['defaultAction'],
    ...(typeof profile['defaultErrnoRet'] === 'number' && { defaultErrnoRet: profile['defaultErrnoRet'] }),
    architectures: own === undefined ? [] : [own, ...strings(group?.['subArchitectures'])],
    syscalls: objects(profile['syscalls']).flatMap((rule) => {
      if (!holds(rule['includes'], true) || holds(rule['excludes'], false)) return [];
      const args = objects(rule['args']);
      const names = [...strings(rule['names']), ...(typeof rule['name'] === 'string' ? [rule['name']] : [])];
      return [{ names, action: rule['action'], ...(args.length > 0 && { args }), ...(typeof rule['errnoRet'] === 'number' && { errnoRet: rule['errnoRet'] }) }];
    }),
  };
}

function parse(text: string, path: string): JsonObject {
  try {
    const value: unknown = text.length > maxBytes ? undefined : JSON.parse(text);
    if (isJsonObject(value) && typeof value['defaultAction'] === 'string') return value;
  } catch {
    // said below
  }
  throw new ContainerError(`Decoding seccomp profile failed: ${path} is no profile`);
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
