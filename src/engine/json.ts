/** What was parsed from a file or a message, taken as what it should be. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const recordOf = (value: unknown): Record<string, unknown> => isRecord(value) ? value : {}
export const listOf = (value: unknown): unknown[] => Array.isArray(value) ? value : []
export const textOf = (value: unknown): string => typeof value === 'string' ? value : ''

export function ignoreAbsence (error: unknown): undefined {
  if (isRecord(error) && error.code === 'ENOENT') return undefined
  throw error
}
