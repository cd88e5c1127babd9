import type { PackageType } from '../../inventory/package.ts';
import { apkOrder } from './apk.ts';
import { composerOrder } from './composer.ts';
import { dpkgOrder } from './dpkg.ts';
import { gemOrder } from './gem.ts';
import { goOrder } from './go.ts';
import { mavenOrder } from './maven.ts';
import { nugetOrder } from './nuget.ts';
import { pep440Order } from './pep440.ts';
import { rpmOrder } from './rpm.ts';
import { semverOrder } from './semver.ts';
import type { VersionOrder } from './version-order.ts';

/** By the type of the package URL. */
export const versionOrders: Readonly<Record<PackageType, VersionOrder>> = {
  deb: dpkgOrder,
  apk: apkOrder,
  rpm: rpmOrder,
  npm: semverOrder,
  cargo: semverOrder,
  golang: goOrder,
  pypi: pep440Order,
  maven: mavenOrder,
  nuget: nugetOrder,
  gem: gemOrder,
  composer: composerOrder,
};
