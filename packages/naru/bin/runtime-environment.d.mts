export function runtimeEnvironment(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined>;
