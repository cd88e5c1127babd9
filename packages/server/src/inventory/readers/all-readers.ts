import { apkReader } from './apk.ts';
import { cargoReader } from './cargo.ts';
import { composerReader } from './composer.ts';
import { dpkgReader } from './dpkg.ts';
import { gemReader } from './gem.ts';
import { golangReader } from './golang.ts';
import { mavenReader } from './maven.ts';
import { npmReader } from './npm.ts';
import { nugetReader } from './nuget.ts';
import { osReleaseReader } from './os-release.ts';
import { pypiReader } from './pypi.ts';
import type { PackageReader } from './reader.ts';
import { rpmReader } from './rpm.ts';

export const allReaders: readonly PackageReader[] = [
  osReleaseReader,
  dpkgReader,
  apkReader,
  rpmReader,
  npmReader,
  pypiReader,
  golangReader,
  cargoReader,
  mavenReader,
  nugetReader,
  gemReader,
  composerReader,
];
