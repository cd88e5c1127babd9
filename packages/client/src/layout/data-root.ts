import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where images are kept, unless `--data-root` or NARU_DATA_ROOT says otherwise: XDG's place for data. */
export function defaultDataRoot(environment: Environment, homeFolder: string): string {
  const { XDG_DATA_HOME: dataHome = '' } = environment;
  // XDG: a path that is not absolute counts as unset.
  return join(dataHome.startsWith('/') ? dataHome : join(homeFolder, '.local/share'), 'naru');
}

export function dataRoot(flag: string | undefined, environment: Environment, homeFolder: string): string {
  return [flag, environment['NARU_DATA_ROOT']].find((path) => path !== undefined && path !== '') ?? defaultDataRoot(environment, homeFolder);
}
