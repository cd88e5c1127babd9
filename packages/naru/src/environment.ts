/** The environment that the program was started in: read here, once, and handed on. */
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

export const environment: Readonly<Record<string, string | undefined>> = { ...process.env };

/** The client chooses proxies by Docker's rules; the runtime would choose again, by its own. */
export function hideProxiesFromRuntime(): void {
  for (const name of proxyVariables) delete process.env[name];
}
