/** Containers of a Docker or Podman engine on this machine, reached over its socket. What is there is read from the engine each time: labels say what each container is for. */
import { createServer } from 'node:net';
import type { Address, Forward } from '../forward/forward-table.ts';
import type { Forwards } from '../forward/forwards.ts';
import { type Started, type Target, TargetError, type Wish } from '../target.ts';
import type { EngineApi, EngineContainer } from './engine-api.ts';

/** `outside` 0: any free port, remembered for the instance. */
export type PublishedPort = { readonly host: string; readonly outside: number; readonly inside: number };

export type EngineTargetOptions = {
  readonly engine: EngineApi;
  readonly forwards: Forwards;
  /** The registry's host with the repository: an image is this and a digest. */
  readonly image: string;
  /** Tells the containers of this target from all others. */
  readonly owner: string;
  readonly ports: readonly PublishedPort[];
  readonly environment: readonly string[];
  readonly binds: readonly string[];
  /** What people call this machine, for the address they are given. */
  readonly hostName: string;
};

const label = { owner: 'dev.naru.target', instance: 'dev.naru.instance', release: 'dev.naru.release', ports: 'dev.naru.ports' } as const;

export function engineTarget({ engine, forwards, image, owner, ports, environment, binds, hostName }: EngineTargetOptions): Target {
  const listOwn = (instance?: string) => engine.list([`${label.owner}=${owner}`, ...(instance === undefined ? [] : [`${label.instance}=${instance}`])]);

  async function find(instance: string, release: number): Promise<EngineContainer | undefined> {
    return (await listOwn(instance)).find((container) => releaseOf(container) === release);
  }

  /** Where people reach each port: as they did before, or where the options say. */
  async function forwardsOf(instance: string, container: EngineContainer): Promise<Forward[]> {
    const inner = JSON.parse(container.labels[label.ports] ?? '{}') as Record<string, number>; // our own label
    const before = (await forwards.read())[instance]?.forwards ?? [];
    const made: Forward[] = [];
    for (const [at, { host, outside, inside }] of ports.entries()) {
      const port = outside !== 0 ? outside : (before[at]?.listen.port ?? (await findFreePort(host)));
      made.push({ listen: { host, port }, upstream: { host: '127.0.0.1', port: inner[inside] ?? 0 } });
    }
    return made;
  }

  return {
    async listInstances() {
      const instances = (await listOwn()).map((container) => container.labels[label.instance] ?? '');
      return [...new Set([...instances, ...Object.keys(await forwards.read())])];
    },

    async findServing(instance) {
      const serving = (await forwards.read())[instance];
      if (serving === undefined || !(await find(instance, serving.release))?.isRunning) return undefined;
      await forwards.ensure();
      const { release, digest, tag } = serving;
      return { instance, release, digest, ...(tag !== undefined && { tag }) };
    },

    async start(wish, signal) {
      const there = await find(wish.instance, wish.release);
      if (there?.isRunning) return started(there);
      if (there !== undefined) await engine.remove(there.id);
      if (wish.instance !== '' && ports.some(({ outside }) => outside !== 0)) {
        throw new TargetError('instances cannot share one port: publish the port of the container without one of the host (--port 80)');
      }
      await engine.pull(image, wish.digest, signal);
      const inner = Object.fromEntries(await Promise.all(ports.map(async ({ inside }) => [inside, await findFreePort('127.0.0.1')] as const)));
      const id = await engine.run({
        name: containerName(owner, wish),
        image: `${image}@${wish.digest}`,
        environment: [
          ...environment,
          `NARU_DIGEST=${wish.digest}`,
          ...(wish.tag === undefined ? [] : [`NARU_TAG=${wish.tag}`]),
          `NARU_INSTANCE=${wish.instance}`,
        ],
        labels: { [label.owner]: owner, [label.instance]: wish.instance, [label.release]: String(wish.release), [label.ports]: JSON.stringify(inner) },
        binds,
        ports: inner,
      });
      const made = await find(wish.instance, wish.release);
      if (made === undefined) throw new TargetError(`the container ${id.slice(0, 12)} is gone`);
      return started(made);
    },

    async serve({ instance, release, digest, tag }) {
      const container = await find(instance, release);
      if (container === undefined) throw new TargetError('its container is gone');
      const led = await forwardsOf(instance, container);
      await forwards.lead(instance, { release, digest, ...(tag !== undefined && { tag }), forwards: led });
      const [first] = led;
      return first && `http://${hostName}:${first.listen.port}/`;
    },

    async serveAgain({ instance, ...before }) {
      const container = await find(instance, before.release);
      if (container !== undefined) await forwards.lead(instance, { ...before, forwards: await forwardsOf(instance, container) });
    },

    async tidy(instance, keep) {
      if (keep === undefined) await forwards.lead(instance, undefined);
      const others = (await listOwn(instance)).filter((container) => releaseOf(container) !== keep);
      // Each may take its time to end.
      await Promise.all(others.map(({ id }) => engine.remove(id)));
    },

    async discard(instance, release) {
      const container = await find(instance, release);
      if (container !== undefined) await engine.remove(container.id);
    },
  };

  function started(container: EngineContainer): Started {
    const inner = Object.values(JSON.parse(container.labels[label.ports] ?? '{}') as Record<string, number>); // our own label
    const address: Address | undefined = inner[0] === undefined ? undefined : { host: '127.0.0.1', port: inner[0] };
    return {
      release: releaseOf(container),
      ...(address && { address }),
      run: (command, signal) => engine.exec(container.id, command, signal),
      whyDead: () => engine.whyEnded(container.id),
    };
  }
}

function releaseOf({ labels }: EngineContainer): number {
  return Number(labels[label.release] ?? 0);
}

function containerName(owner: string, { instance, release }: Wish): string {
  return ['naru', owner, instance, String(release)]
    .filter((part) => part !== '')
    .join('-')
    .replaceAll(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, 120);
}

/** Somebody may take it before it is used; then the engine says so, and the next try takes another. */
function findFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
