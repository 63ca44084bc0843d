/** A figure of the design's budgets: a name to pick it by and a measurement that makes rows of the table. */
export interface Figure {
  readonly name: string
  measure (options: BenchOptions): Promise<Row[]>
}

export interface BenchOptions {
  readonly engine: 'sandbox' | 'pulumi'
  /**
   * Interleaved rounds per figure, after a warm-up that does not count; figures whose rounds take long make a third of
   * them.
   */
  readonly rounds: number
  /** Operations after which memory is measured. */
  readonly operations: number
}

/** Rounds of a figure whose rounds take half a minute. */
export const fewerOf = (rounds: number): number => Math.ceil(rounds / 3)

/** One row of the table. Quotients compare what was measured side by side in this run; only counts stand alone. */
export interface Row {
  readonly title: string
  readonly measured: number
  readonly budget: Budget
  /**
   * The same, for a service that calls the Automation API inside its requests; absent where it has nothing of the kind.
   */
  readonly naive?: number
  /** The absolute values behind the quotients, for orientation: they depend on the machine. */
  readonly detail: string
}

type Budget = { readonly atMost: number } | { readonly atLeast: number }

export const isMet = ({ measured, budget }: Row): boolean =>
  'atMost' in budget ? measured <= budget.atMost : measured >= budget.atLeast
