/** Who asks: an admin, or a key of one team, which sees that team's environments only. */
export type Caller = { readonly scope: 'admin' } | { readonly scope: 'team', readonly team: string }

/** The team a caller is confined to; undefined for admins. */
export function teamOf (caller: Caller): string | undefined {
  return caller.scope === 'team' ? caller.team : undefined
}
