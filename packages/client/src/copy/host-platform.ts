/** Which image of an index is meant when nobody says: the one for this machine. */
import { type Platform, parsePlatform } from '@naru/oci/platform';

type Environment = Readonly<Record<string, string | undefined>>;

/** Node's names for what Go calls otherwise. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle', loong64: 'loong64' };

/** As `--platform` says, or DOCKER_DEFAULT_PLATFORM. Containers are Linux wherever they run. Throws PlatformError. */
export function wantedPlatform(flag: string | undefined, environment: Environment, architecture: string): Platform {
  const said = flag ?? environment['DOCKER_DEFAULT_PLATFORM'];
  return said === undefined || said === '' ? parsePlatform(`linux/${architectures[architecture] ?? architecture}`) : parsePlatform(said);
}
