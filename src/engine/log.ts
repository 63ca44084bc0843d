/** What this layer needs of a logger; pino's shape. */
export interface Log {
  info (fields: object, message: string): void
  warn (fields: object, message: string): void
}
