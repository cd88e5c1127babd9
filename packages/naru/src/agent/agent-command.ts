/** `naru agent`: wires an agent from its flags and runs it until a signal comes. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runAgent } from '@naru/agent/agent';
import { commandTarget } from '@naru/agent/command-target';
import { openEngineApi } from '@naru/agent/engine/engine-api';
import { engineTarget } from '@naru/agent/engine/engine-target';
import { openOwnEngine } from '@naru/agent/engine/own-engine';
import { openForwards } from '@naru/agent/forward/forwards';
import type { Endpoint } from '@naru/agent/json-http';
import { kubernetesTarget } from '@naru/agent/kubernetes-target';
import { openServerLine } from '@naru/agent/server-line';
import { holdStateFolder } from '@naru/agent/state-folder';
import type { Target } from '@naru/agent/target';
import { systemClock } from '@naru/client/runtime/clock';
import { version } from '@naru/server/runtime/version';
import { environment } from '../environment.ts';
import type { CommandLine } from '../parse-flags.ts';
import { print, printProblem } from '../print.ts';
import { type Flags, readHealth, readKubernetes, readName, readPorts, readRepository, readServer, seconds } from './agent-options.ts';

const couldNotBegin = 2;
const commandTimeoutMs = 15 * 60_000;
const inCluster = '/var/run/secrets/kubernetes.io/serviceaccount';

export async function agentCommand(line: CommandLine & { kind: 'run' }): Promise<number> {
  const stop = new AbortController();
  try {
    const parts = await readParts(line);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(signal)));
    await runAgent({ ...parts, tell: (text) => void print(`${new Date(systemClock.now()).toISOString()} ${text}\n`) }, stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    await printProblem(error instanceof Error ? error.message : String(error));
    return couldNotBegin;
  }
}

async function readParts({ values, switches, lists = {} }: CommandLine & { kind: 'run' }) {
  const server = readServer({ ...values, server: values['server'] ?? environment['NARU_SERVER'] ?? '' });
  const repository = readRepository(values);
  const environmentName = readName(values, 'env');
  const target = readName(values, 'target', hostname().toLowerCase());
  const user = values['user'] ?? environment['NARU_USER'];
  const token = environment['NARU_TOKEN'];
  if (user !== undefined && token === undefined) throw new Error(`put the password or a token of ${user} into NARU_TOKEN`);
  const login = user === undefined || token === undefined ? undefined : { username: user, password: token, serveraddress: server.host };
  const ca = values['ca'] === undefined ? undefined : await readFile(values['ca'], 'utf8');
  const image = `${values['registry'] ?? server.host}/${repository}`;
  const owner = [repository, environmentName, target].join('/');
  const surroundings = systemClock;
  const folder = join(values['state'] ?? '/var/lib/naru-agent', owner.replaceAll('/', '-'));
  const program = [process.execPath, '--no-install', '--no-env-file', '--config=/dev/null', process.argv[1] ?? ''];
  const forwards = openForwards({
    folder,
    command: [...program, 'agent-forward'],
    surroundings,
  });

  return {
    line: openServerLine({
      endpoint: {
        url: server.origin,
        ...(login && { headers: { authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}` } }),
        ...(ca !== undefined && { ca }),
      },
      repository,
      environment: environmentName,
      target,
      agent: await holdStateFolder(folder, randomUUID),
      version,
    }),
    target: await chooseTarget(values),
    health: readHealth(values, switches),
    settleMs: seconds(values, 'settle', 10),
    drainMs: seconds(values, 'drain', 10),
    surroundings,
  };

  async function chooseTarget(flags: Flags): Promise<Target> {
    const own = switches.has('own');
    if ([own || undefined, flags['engine'], flags['command'], flags['kubernetes']].filter((one) => one !== undefined).length > 1) {
      throw new Error('give one of --own, --engine, --command and --kubernetes');
    }
    if (flags['kubernetes'] !== undefined) {
      return kubernetesTarget({ ...readKubernetes(flags['kubernetes']), endpoint: await clusterEndpoint(), image, sleep: surroundings.sleep });
    }
    if (flags['command'] !== undefined) {
      return commandTarget({ command: ['/bin/sh', '-c', flags['command']], image, forwards, surroundings: environment, timeoutMs: commandTimeoutMs });
    }
    return engineTarget({
      engine: own
        ? openOwnEngine({ command: program, surroundings: environment, folder, login })
        : openEngineApi(flags['engine'] ?? '/var/run/docker.sock', surroundings, login),
      forwards,
      image,
      owner,
      ports: readPorts(lists['publish'] ?? []),
      environment: lists['variable'] ?? [],
      binds: lists['volume'] ?? [],
      hostName: flags['host-name'] ?? hostname(),
    });
  }
}

/** As Kubernetes hands it to each pod. */
async function clusterEndpoint(): Promise<Endpoint> {
  const [host, port] = [environment['KUBERNETES_SERVICE_HOST'], environment['KUBERNETES_SERVICE_PORT'] ?? '443'];
  if (host === undefined) throw new Error('--kubernetes works inside a cluster: KUBERNETES_SERVICE_HOST is not set');
  const folder = environment['NARU_KUBERNETES_ACCOUNT'] ?? inCluster;
  const [token, ca] = await Promise.all([readFile(join(folder, 'token'), 'utf8'), readFile(join(folder, 'ca.crt'), 'utf8').catch(() => undefined)]);
  const scheme = environment['NARU_KUBERNETES_SCHEME'] ?? 'https';
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    headers: { authorization: `Bearer ${token.trim()}` },
    ...(ca !== undefined && { ca }),
  };
}
