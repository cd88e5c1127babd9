/** Containers as they are recorded: what was asked for, which never changes, and how they are. */
import type { ProcessOwner } from '../layout/process-owner.ts';

export type RestartPolicy = { readonly name: 'no' | 'always' | 'unless-stopped' | 'on-failure'; readonly maxRetries: number };
export type PublishedPort = { readonly protocol: 'tcp' | 'udp'; readonly hostAddress: string; readonly hostPort: number; readonly containerPort: number };
/** `source` is a path of the machine, or a volume's name. */
export type Mount = { readonly kind: 'bind' | 'volume'; readonly source: string; readonly target: string; readonly isReadOnly: boolean };
export type Network = 'none' | 'host' | 'default';
/** What is absent is not limited. */
export type Limits = { readonly memoryBytes?: number; readonly cpus?: number; readonly processes?: number };
export type Security = {
  readonly capabilities: readonly string[];
  /** A file with a profile; `default` for the machine's, `unconfined` for none. */
  readonly seccomp: string;
  readonly noNewPrivileges: boolean;
};

export type ContainerSpec = {
  /** As it was asked for. */
  readonly image: string;
  readonly imageId: string;
  /** The whole command; `entrypoint` is its beginning. */
  readonly args: readonly string[];
  readonly entrypoint: readonly string[];
  readonly environment: readonly string[];
  readonly workingFolder: string;
  /** `user[:group]`; empty for root. */
  readonly user: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** A host port of 0 is chosen at each start. */
  readonly ports: readonly PublishedPort[];
  readonly network: Network;
  readonly restart: RestartPolicy;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
  readonly isReadOnly: boolean;
  readonly hasTerminal: boolean;
  /** Is its input open: until who is attached ends it, or, detached, for whoever attaches later. */
  readonly input: 'none' | 'once' | 'open';
  /** A small first process that passes signals on and buries the dead. */
  readonly hasInit: boolean;
  readonly limits: Limits;
  readonly security: Security;
  readonly removeAtEnd: boolean;
  /** Path of the OCI runtime. */
  readonly runtime: string;
  /** Whoever waits for its end sees to `removeAtEnd`. */
  readonly foreground?: ProcessOwner;
};

export type ContainerState = {
  readonly status: 'created' | 'running' | 'restarting' | 'exited';
  /** The first process inside; while it runs. */
  readonly process?: ProcessOwner;
  /** As they were opened at the last start. */
  readonly ports?: readonly PublishedPort[];
  readonly exitCode: number;
  /** Epoch ms. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly restartCount: number;
  readonly backOffMs: number;
  /** Somebody said `stop`: no policy starts it again. */
  readonly isStopWanted: boolean;
};

export type Container = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly spec: ContainerSpec;
  readonly state: ContainerState;
};

/** Docker's daemon would have said it. `exitCode` is that of `run`. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError';
  readonly exitCode: number;

  constructor(message: string, { exitCode = 125, cause }: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
