// A process of its own that opens the embedded database in argv[2], adds teams without end, and says the name of each
// once it is committed. Ended by a signal.
import { openDatabase } from '../../../src/store/database/open-database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { addTeam } from '../../../src/store/queries/teams.ts'
import { silentLog } from '../log.ts'

const dataDir = process.argv[2]
if (dataDir === undefined) throw new Error('usage: store-process.ts DIRECTORY')
const database = await openDatabase({ dataDir, log: silentLog })
await migrate(database)
for (let n = 0; ; n++) {
  const name = `team-${n}`
  await addTeam(database.db, { name, placement: { region: 'eu-central-1' }, guardrails: {} })
  process.stdout.write(`${name}\n`)
}
