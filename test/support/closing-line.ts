import type { Reporter, TestModule } from 'vitest/node'

/** Ends the run with one plain line that any reader of a log can find. */
export default class ClosingLine implements Reporter {
  onTestRunEnd (modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length
    const brokenModules = modules.filter((module) => module.errors().length > 0).length
    process.stdout.write(
      `\n${count('passed')} passed, ` +
      `${count('failed') + brokenModules + errors.length} failed, ${count('skipped')} skipped\n`
    )
  }
}
