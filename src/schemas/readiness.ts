import { Type, type Static } from 'typebox'
import { CloudName } from './environment.ts'
import { oneOf } from './names.ts'

const Check = Type.Object({ ok: Type.Boolean(), detail: Type.Optional(Type.String()) })

export const Readiness = Type.Object(
  {
    status: oneOf(['ready', 'not-ready']),
    cloud: CloudName,
    notice: Type.Optional(Type.String({ description: 'Says so where everything is simulated' })),
    role: oneOf(['all', 'api', 'worker']),
    engine: Type.Optional(
      Type.Object(
        { kind: Type.String(), version: Type.String() },
        { description: 'Absent where no operations are run' }
      )
    ),
    checks: Type.Object({ database: Check, queue: Check, sandbox: Type.Optional(Check) })
  },
  { $id: 'Readiness' }
)
export type Readiness = Static<typeof Readiness>
