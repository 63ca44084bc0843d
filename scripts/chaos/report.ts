import type { Strike, StepResult } from './lifecycle.ts'
import { VICTIMS, type Victim } from './plan.ts'
import { countKills, type ChaosReport } from './run.ts'
import { PHASES } from './watch.ts'

/** One line: who was killed when, and how it ended. */
export function describeStep (seed: number, { step, strikes, attempts, seconds, wrong }: StepResult): string {
  const kills = strikes.map(describeStrike).join(', then ')
  const end = wrong.length === 0 ? 'right' : `WRONG: ${wrong.join('; ')}`
  const ended = `ended ${seconds.toFixed(1)} s later at attempt ${attempts}`
  return `seed ${seed} ${step.what.padEnd(8)} ${kills}; ${ended}, ${end}`
}

function describeStrike ({
  kill: {
    victim,
    moment: { after, nth, afterMs },
    startAfterMs
  },
  killed,
  phase
}: Strike): string {
  const who = killed.length === 0 ? `${victim} (nobody there)` : victim
  const again = startAfterMs === undefined ? '' : `, and the service ${startAfterMs} ms after it began to start`
  return `${who} ${afterMs} ms after ${after} ${nth} (${phase})${again}`
}

/** The table of a whole run, and what was found. */
export function reportOf ({ engine, database, lifecycles, results, findings }: ChaosReport): string {
  const counted = `${countKills(results)} kills in ${results.length} operations of ${lifecycles} environments`
  const seconds = largest(results.map((each) => each.seconds)).toFixed(1)
  const attempts = largest(results.map((each) => each.attempts))
  return [
    `\n${counted}; ${engine} engine, ${database}\n`,
    ...tableOf(results),
    `\nFrom the last kill to the end: at most ${seconds} s. Attempts: at most ${attempts}.`,
    findings.length === 0 ? 'Nothing was lost, left behind or made twice.' : `${findings.length} violations:`,
    ...findings.map(
      ({ seed, step, wrong, folder }) =>
        `  seed ${seed}, ${step}: ${wrong}\n` +
        `    again: npm run chaos -- --seed ${seed} --kills 1; what is left of it: ${folder}`
    )
  ].join('\n')
}

const largest = (numbers: readonly number[]): number => Math.max(0, ...numbers)

/** Kills by who was killed and how far the operation was. */
function tableOf (results: readonly StepResult[]): string[] {
  const strikes = results.flatMap((step) => step.strikes).filter(({ killed }) => killed.length > 0)
  const row = (first: string, cells: ReadonlyArray<string | number>): string =>
    first.padEnd(20) + cells.map((cell) => String(cell).padStart(11)).join('')
  return [
    row('killed', [...PHASES, 'in all']),
    ...(Object.keys(VICTIMS) as Victim[]).map((victim) => {
      const own = strikes.filter(({ kill }) => kill.victim === victim)
      return row(victim, [
        ...PHASES.map((phase) => own.filter((strike) => strike.phase === phase).length || '-'),
        own.length
      ])
    })
  ]
}
