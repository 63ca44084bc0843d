import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** By how long the files of a project take: a long file that begins last leaves the other workers idle. */
const ORDER = ['long', 'long-requests', 'http', 'engine', 'sandbox', 'store', 'unit']

/** The projects one after the other; in each what failed or took longest in the last run first, as by default. */
export default class LongestFirst extends BaseSequencer {
  override async sort (files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ project }: TestSpecification): number => ORDER.indexOf(project.name)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}
