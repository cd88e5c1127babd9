/**
 * Who may import whom, and who may touch the outside: ARCHITECTURE.md as code. Each rule gives the
 * complaints about one file; `tidy.test.ts` plants a violation of every rule and demands that it is found.
 */
import type { SourceFile } from './source.ts';

export type Rule = { readonly name: string; check(file: SourceFile): string[] };

const server = 'packages/server/src/';
const driver = /^packages\/server\/src\/(blobstore\/(fs|memory|faulty|s3)|metadata\/(sqlite|postgres))\//;
const isTest = ({ path }: SourceFile) => /\.test\.ts$|^test\/|^bench\/|\/contract\.ts$|\/contract\//.test(path);

/** Folders of the server and what of the server each may import. Ports stand for `port.ts` files. */
const allowed: Readonly<Record<string, readonly RegExp[]>> = {
  network: [],
  access: [/^network\//],
  identity: [
    /^access\//,
    /^network\//,
    /^registry\/actor-of\.ts$/,
    /^metadata\/(identity\/(port|audit-rows)|bounded-cache|port|job-port|notification-port)\.ts$/,
    /^jobs\/(job-kind|prune-job)\.ts$/,
    /^runtime\/(clock|hash-bytes|ids|log)\.ts$/,
  ],
  registry: [
    /^runtime\/(clock|hash-bytes|ids|locks|log)\.ts$/,
    /^access\//,
    /^blobstore\/read-bytes\.ts$/,
    /^metadata\/bounded-cache\.ts$/,
    /^(tag-rules|lineage)\//,
    ports(),
  ],
  blobstore: [/^blobstore\//, /^runtime\/(clock|hash-bytes|ids|log)\.ts$/],
  metadata: [
    /^metadata\//,
    /^(tag-rules|lineage)\//,
    /^gate\/(policy|judge|finding-summary)\.ts$/,
    /^inventory\/package\.ts$/,
    /^signatures\/trusted-signer\.ts$/,
    /^retention\/plan\.ts$/,
    /^inventory\/package\.ts$/,
    /^advisories\/ecosystem\.ts$/,
    /^access\//,
    /^network\//,
    /^blobstore\/port\.ts$/,
    /^runtime\/(clock|hash-bytes|ids|log)\.ts$/,
  ],
  lifecycle: [/^registry\//, ports(), /^runtime\/(clock|hash-bytes|ids|log|metrics|sleep)\.ts$/],
  jobs: [ports(), /^runtime\/(alarm|clock|ids|log|metrics|sleep)\.ts$/],
  events: [/^access\//, /^jobs\/(job-kind|prune-job)\.ts$/, ports(), /^runtime\/(alarm|clock|ids|log|sleep)\.ts$/],
  files: [/^registry\//, /^jobs\/job-kind\.ts$/, /^blobstore\/read-bytes\.ts$/, ports(), /^runtime\/clock\.ts$/],
  advisories: [
    /^access\/namespace\.ts$/,
    /^metadata\/tallies\/port\.ts$/,
    /^inventory\/package(-url)?\.ts$/,
    /^jobs\/(job-kind|prune-job)\.ts$/,
    /^events\/consumers\.ts$/,
    ports(),
    /^runtime\/(clock|ids|log)\.ts$/,
  ],
  hub: [/^access\//, /^registry\//, /^jobs\/(job-kind|prune-job)\.ts$/, /^events\/consumers\.ts$/, ports(), /^runtime\/(clock|ids|log)\.ts$/],
  search: [/^access\//, /^registry\/repositories\.ts$/, /^metadata\/text-letters\.ts$/, ports()],
  scanners: [
    /^network\//,
    /^registry\//,
    /^files\//,
    /^blobstore\/read-bytes\.ts$/,
    /^metadata\/bounded-cache\.ts$/,
    /^events\/consumers\.ts$/,
    /^jobs\/job-kind\.ts$/,
    ports(),
    /^runtime\/(clock|sleep)\.ts$/,
  ],
  inventory: [
    /^secrets\//,
    /^metadata\/bounded-cache\.ts$/,
    /^registry\//,
    /^files\//,
    /^jobs\/(job-kind|prune-job)\.ts$/,
    /^blobstore\/read-bytes\.ts$/,
    /^events\/consumers\.ts$/,
    ports(),
    /^runtime\/(clock|hash-bytes|log|version)\.ts$/,
  ],
  lineage: [/^golden\/golden-bases\.ts$/, /^access\/caller\.ts$/, /^jobs\/job-kind\.ts$/, ports(), /^runtime\/(clock|hash-bytes)\.ts$/],
  lint: [/^access\/caller\.ts$/, /^lineage\/lineage\.ts$/, /^files\/(index-job|image-layers)\.ts$/, /^registry\/(images|registry)\.ts$/, ports()],
  golden: [/^access\/(caller|namespace)\.ts$/, /^events\/(ask-once|consumers)\.ts$/, /^jobs\/job-kind\.ts$/, ports(), /^runtime\/clock\.ts$/],
  'tag-rules': [/^access\/pattern\.ts$/],
  signatures: [/^access\/pattern\.ts$/, /^registry\//, /^blobstore\/read-bytes\.ts$/, /^metadata\/gate\/signer-port\.ts$/, ports(), /^runtime\/clock\.ts$/],
  gate: [
    /^access\//,
    /^registry\//,
    /^events\/(ask-once|consumers)\.ts$/,
    /^jobs\/job-kind\.ts$/,
    /^blobstore\/read-bytes\.ts$/,
    /^metadata\/(gate|reviews)\/port\.ts$/,
    ports(),
    /^runtime\/clock\.ts$/,
  ],
  retention: [/^tag-rules\//, /^jobs\/job-kind\.ts$/, ports(), /^runtime\/(clock|log)\.ts$/],
  webhooks: [
    /^access\/(namespace|pattern)\.ts$/,
    /^network\//,
    /^jobs\/(job-kind|prune-job|retry-delay)\.ts$/,
    /^events\/(ask-once|consumers)\.ts$/,
    /^identity\/mail\/mailer\.ts$/,
    /^registry\/images\.ts$/,
    ports(),
    /^runtime\/(clock|ids)\.ts$/,
  ],
  notifications: [/^access\/namespace\.ts$/, /^events\/consumers\.ts$/, /^jobs\/(job-kind|prune-job)\.ts$/, ports(), /^runtime\/clock\.ts$/],
  deploy: [
    /^access\//,
    /^gate\/(judge|unmet-demands)\.ts$/,
    /^events\/(ask-once|consumers)\.ts$/,
    /^jobs\/job-kind\.ts$/,
    /^metadata\/deploy\/port\.ts$/,
    ports(),
    /^runtime\/(alarm|clock|hash-bytes|sleep)\.ts$/,
  ],
  http: [/^runtime\//, /^network\//, /^blobstore\/port\.ts$/],
  'oci-api': [
    /^http\/(reply|request|errors)\.ts$/,
    /^registry\//,
    /^gate\/gate\.ts$/,
    /^tag-rules\//,
    /^access\//,
    /^identity\/(callers|registry-token|audit\/(pull-audit|refused))\.ts$/,
    ports(),
    /^runtime\/(ids|log)\.ts$/,
  ],
  'auth-api': [/^http\/(reply|request|errors)\.ts$/, /^identity\//, /^runtime\/log\.ts$/],
  'hub-api': [
    /^deploy\//,
    /^(gate|signatures)\//,
    /^metadata\/(deploy\/port|gate\/(signer-)?port|reviews\/port|tallies\/port)\.ts$/,
    /^http\/(reply|request|errors)\.ts$/,
    /^events\//,
    /^search\//,
    /^hub\//,
    /^webhooks\/(webhooks|signature)\.ts$/,
    /^notifications\/notice-job\.ts$/,
    /^(tag-rules|retention|lineage|lint|golden|inventory|scanners)\//,
    /^lifecycle\/admin-request\.ts$/,
    /^config\/in-force\.ts$/,
    /^files\//,
    /^advisories\//,
    /^identity\//,
    /^registry\//,
    /^access\//,
    /^network\//,
    ports(),
    /^runtime\/(clock|hash-bytes|ids|locks|log|version)\.ts$/,
  ],
  pages: [/^http\/(reply|request|errors)\.ts$/, /^runtime\/hash-bytes\.ts$/],
  'control-api': [/^http\/(reply|request|errors|server)\.ts$/, /^(lifecycle\/admin|advisories\/advisory)-request\.ts$/],
  config: [/^network\//],
  tls: [/^runtime\/(clock|log|metrics)\.ts$/],
  runtime: [],
};

export const rules: readonly Rule[] = [
  {
    name: 'oci stands alone',
    check: ({ path, imports }) =>
      path.startsWith('packages/oci/src/') && !path.endsWith('.test.ts') ? imports.filter((target) => !target.startsWith('packages/oci/src/')) : [],
  },
  {
    name: 'archive stands alone',
    check: ({ path, imports }) =>
      path.startsWith('packages/archive/src/') && !path.endsWith('.test.ts')
        ? imports.filter((target) => !/^packages\/archive\/src\/|^node:(stream|zlib)$/.test(target))
        : [],
  },
  {
    name: 'agent, client and web know only oci and archive of the other packages',
    check: ({ path, imports }) =>
      /^packages\/(agent|client|web)\//.test(path)
        ? imports.filter((target) => /^packages\/(server|naru|agent|client|web)\//.test(target) && !target.startsWith(path.split('/').slice(0, 2).join('/')))
        : [],
  },
  {
    name: 'folders of the server import only what they may',
    check(file) {
      const folder = serverFolder(file.path);
      const patterns = folder === undefined || isTest(file) ? undefined : allowed[folder];
      if (!patterns) return [];
      return file.imports.flatMap((target) => {
        if (!target.startsWith(server)) return [];
        const inside = target.slice(server.length);
        return inside.startsWith(`${folder}/`) || patterns.some((pattern) => pattern.test(inside)) ? [] : [target];
      });
    },
  },
  {
    name: 'only open-stores.ts chooses drivers',
    check: (file) =>
      isTest(file) || file.path === `${server}open-stores.ts` || driver.test(file.path) ? [] : file.imports.filter((target) => driver.test(target)),
  },
  {
    name: 'only http/ knows the HTTP server',
    check: forbid(
      /\bBun\.serve\b|from 'node:https?'/,
      /^packages\/server\/src\/(http\/|webhooks\/post\.ts)|^packages\/agent\/src\/(json-http|health)\.ts|^packages\/naru\/src\//,
    ),
  },
  {
    name: 'only adapters use Bun',
    check: forbid(
      /\bBun\.|from 'bun(?::[a-z]+)?'/,
      /^packages\/server\/src\/(http\/server\.ts|metadata\/sqlite\/|runtime\/folder-lock\.ts|identity\/password\/password-hasher\.ts|inventory\/readers\/rpm-sqlite\.ts)|^packages\/client\/src\/container\/attach-socket\.ts/,
    ),
  },
  {
    name: 'only drivers and the process itself touch files',
    check: forbid(
      /from 'node:fs(?:\/promises)?'/,
      /^packages\/server\/src\/(blobstore\/(fs\/|read-bytes\.ts)|metadata\/sqlite\/|runtime\/|config\/|advisories\/(read\/(documents|read-file)|fetch\/download)\.ts|tls\/|pages\/open-pages\.ts|main\.ts|app\.ts)|^packages\/client\/src\/(layout|archive|container|credentials|routing|signing)\/|^packages\/agent\/src\/(forward\/|state-folder\.ts)|^packages\/naru\/|^scripts\//,
    ),
  },
  {
    name: 'only config/ reads the environment',
    check: forbid(/\bprocess\.env\b|\bBun\.env\b/, /^packages\/server\/src\/config\/|^packages\/naru\/|^scripts\//),
  },
  {
    name: 'only runtime/clock.ts reads time',
    check: forbid(
      /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/,
      /^packages\/(server|client)\/src\/runtime\/clock\.ts|^packages\/web\/src\/parts\/now\.ts|^scripts\//,
    ),
  },
  {
    name: 'only runtime/ids.ts makes randomness',
    check: forbid(
      /\bMath\.random\(|\brandomUUID\(|\brandomBytes\(|\bgetRandomValues\(/,
      /^packages\/server\/src\/runtime\/ids\.ts|^packages\/naru\/src\/agent\/|^packages\/client\/src\/runtime\//,
    ),
  },
  {
    name: 'status numbers stay out of the rules and the drivers',
    check: insideOnly(/\bnew Response\(|\bstatus:\s*[1-5]\d\d\b/, /^packages\/server\/src\/(registry|blobstore|metadata|lifecycle|access)\//),
  },
  {
    name: 'no drawer for everything',
    check: ({ path }) =>
      /(?:^|\/)(utils?|helpers?|common|misc|manager|base|impl|types|index)\.(ts|mjs)$|\/(utils|helpers|common|misc)\//.test(path) ? [path] : [],
  },
  { name: 'kebab-case files', check: ({ path }) => (/\/[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.(ts|tsx|mjs)$/.test(path) ? [] : [path]) },
  {
    name: 'no any, no enum, no switched-off checks',
    check: forbid(/:\s*any\b|\bas any\b|<any>|^\s*(export\s+)?(const\s+)?enum\s|@ts-(ignore|nocheck)/m, /^test\/tidy/),
  },
  { name: 'no default exports', check: forbid(/^export default\b/m, /^scripts\//) },
  {
    name: 'no test is switched off or alone',
    check: ({ code, path }) => (path.startsWith('test/tidy') ? [] : [...code.matchAll(/\b(?:it|test|describe)\.(?:only|todo)\b/g)].map(([found]) => found)),
  },
];

/** Cycles among the given files, each as the path that closes it. */
export function findCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  for (const file of files) visit(file.path, []);
  return cycles;

  function visit(path: string, trail: readonly string[]): void {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const target of valueImports(byPath.get(path))) visit(target, [...trail, path]);
    done.add(path);
  }

  function valueImports(file: SourceFile | undefined): string[] {
    if (!file) return [];
    // Types leave no trace at run time, so two files may know each other's.
    const typeOnly = new Set([...file.code.matchAll(/import type [^;]*?from '([^']+)'/g)].map((match) => match[1]));
    const values = new Set([...file.code.matchAll(/(?:import|export) (?!type\b)[^;]*?from '([^']+)'/g)].map((match) => match[1]));
    const onlyTypes = [...typeOnly].filter((target) => !values.has(target)).map((target) => String(target).replace(/^.*\//, ''));
    return file.imports.filter((target) => byPath.has(target) && !onlyTypes.some((name) => target.endsWith(`/${name}`)));
  }
}

/** Files that nothing imports and that are no way in. */
export function findUnused(files: readonly SourceFile[], entries: readonly RegExp[]): string[] {
  const imported = new Set(files.flatMap((file) => file.imports.filter((target) => target !== file.path)));
  return files.filter(({ path }) => !imported.has(path) && !path.endsWith('.test.ts') && !entries.some((entry) => entry.test(path))).map(({ path }) => path);
}

function ports(): RegExp {
  return /^(blobstore\/port|metadata\/(port|[a-z]+-port|identity\/port))\.ts$/;
}

function serverFolder(path: string): string | undefined {
  return path.startsWith(server) && path.slice(server.length).includes('/') ? path.slice(server.length).split('/')[0] : undefined;
}

function forbid(pattern: RegExp, except: RegExp): Rule['check'] {
  return (file) => (isTest(file) || except.test(file.path) ? [] : find(pattern, file.code));
}

function insideOnly(pattern: RegExp, folders: RegExp): Rule['check'] {
  return (file) => (isTest(file) || !folders.test(file.path) ? [] : find(pattern, file.code));
}

function find(pattern: RegExp, code: string): string[] {
  const match = pattern.exec(code);
  return match ? [match[0].trim()] : [];
}
