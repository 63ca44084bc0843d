/**
 * What an engine must not inherit: settings of another Pulumi (a login, a passphrase, attached providers), the secrets
 * of this service, and Node's options, which are meant for the service.
 */
const WITHHELD = /^(PULUMI_|BATCHYARD_|NODE_OPTIONS$|NODE_CHANNEL_|DATABASE_URL$|PGPASSWORD$|VITEST)/

/** What a runner needs of the host: it runs a program, talks to its engine and to nothing else, so no credentials. */
const FOR_RUNNERS = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ']

const present = (entries: Array<[string, string | undefined]>) =>
  Object.fromEntries(entries.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))

/** The environment of an engine process: the host's without what is withheld, then `additions`. */
export function engineEnvironment (additions: Record<string, string>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !WITHHELD.test(name))
  return { ...present(inherited), ...additions }
}

/** The environment of a runner process. */
export function runnerEnvironment (additions: Record<string, string>): Record<string, string> {
  return { ...present(FOR_RUNNERS.map((name) => [name, process.env[name]])), ...additions }
}
