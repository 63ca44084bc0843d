/**
 * Paths of properties, as engines and providers write them: `resources.maxVcpus`, `subnets[0]`, `tags["cost.center"]`.
 */

/** The property at the top of a resource that a path begins with. */
export const rootOf = (path: string): string =>
  /^\["((?:[^"\\]|\\.)*)"\]/.exec(path)?.[1] ?? /^[^.[]*/.exec(path)?.[0] ?? path

/** The path of a field of what is at `path`; '' is the resource itself. */
export function fieldOf (path: string, name: string): string {
  if (!/^[\w$-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}

export const itemOf = (path: string, index: number): string => `${path}[${index}]`
