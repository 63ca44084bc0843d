import { isMet, type Row } from './figure.ts'

const HEAD = ['what', 'measured', 'budget', '', 'plain Automation API', 'behind it']

/** The rows as a table in Markdown that is also readable in a terminal. */
export function tableOf (rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)))
  const print = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  const [head = '', ...body] = lines.map(print)
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body].join('\n')
}

function cellsOf (row: Row): string[] {
  const { title, measured, budget, naive, detail } = row
  const limit = 'atMost' in budget ? `<= ${budget.atMost}` : `>= ${budget.atLeast}`
  return [
    title,
    number(measured),
    limit,
    isMet(row) ? 'met' : 'MISSED',
    naive === undefined ? '–' : number(naive),
    detail
  ]
}

/** Three significant digits say more than these measurements know. */
const number = (value: number): string => Number.isInteger(value) ? String(value) : value.toPrecision(value < 1 ? 2 : 3)
