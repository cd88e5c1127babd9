/**
 * Versions of Go modules: semantic versions with `v`, among them pseudo-versions
 * (`v0.0.0-20210101000000-abcdefabcdef`), whose order falls out of the rules for prereleases; and those of
 * Go itself (`go1.21rc2`, `go1.20`), which its advisories call `1.21.0-rc.2` and `1.20.0`.
 */
import { compare, parse } from 'semver';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const goOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && parse(semanticOf(text)) !== null,
  compare: (one, other) => compare(semanticOf(one), semanticOf(other)),
};

function semanticOf(text: string): string {
  // What a toolchain was built with may follow: `go1.22.1 X:nocoverageredesign`.
  const [, major, minor, patch = '0', kind, number = '0'] = /^go(\d+)\.(\d+)(?:\.(\d+))?(?:(alpha|beta|rc)(\d+))?(?: .*)?$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return text;
  return `${major}.${minor}.${patch}${kind === undefined ? '' : `-${kind}.${number}`}`;
}
