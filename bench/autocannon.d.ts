/** The part of autocannon's interface that is used here; the package has no declarations. */
declare module 'autocannon' {
  export interface Options {
    readonly url: string
    readonly headers?: Readonly<Record<string, string>>
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    /** What is asked for in turn, instead of the URL's path. */
    readonly requests?: ReadonlyArray<{ readonly path: string }>
  }

  export interface Result {
    readonly requests: { readonly average: number }
    readonly non2xx: number
    readonly errors: number
  }

  export default function autocannon (options: Options): Promise<Result>
}
