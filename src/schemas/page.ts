import { Type, type Static, type TSchema } from 'typebox'
import { Environment, PhaseName } from './environment.ts'
import { OperationEvent } from './event.ts'
import { Slug, refTo } from './names.ts'
import { Operation } from './operation.ts'
import { Team } from './team.ts'

const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }))
const Cursor = Type.Optional(
  Type.String({ pattern: '^[A-Za-z0-9_-]{1,200}$', description: '`next` of the page before' })
)

const pageOf = <T extends TSchema & { $id?: string }>(
  schema: T,
  $id: string,
  next = 'Cursor of the next page; null on the last'
) =>
    Type.Object(
      {
        items: Type.Array(refTo(schema)),
        next: Type.Union([Type.String(), Type.Null()], { description: next })
      },
      { $id }
    )

export const EnvironmentPage = pageOf(Environment, 'EnvironmentPage')
export type EnvironmentPage = Static<typeof EnvironmentPage>
export const OperationPage = pageOf(Operation, 'OperationPage')
export type OperationPage = Static<typeof OperationPage>
export const TeamPage = pageOf(Team, 'TeamPage')
export const EventPage = pageOf(OperationEvent, 'EventPage', '`after` of the next page; null when there is none yet')

const Label = Type.String({
  pattern: '^[A-Za-z0-9 _.:/+@-]{1,128}=[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$',
  description: '`key=value`, split at the first `=`',
  examples: ['cost-center=42']
})

export const EnvironmentFilter = Type.Object(
  {
    team: Type.Optional(Slug),
    name: Type.Optional(Slug),
    phase: Type.Optional(PhaseName),
    label: Type.Optional(
      Type.Array(Label, {
        maxItems: 40,
        description: 'May be given several times; environments with all of these labels'
      })
    ),
    limit: Limit,
    cursor: Cursor
  },
  { additionalProperties: false }
)
export type EnvironmentFilter = Static<typeof EnvironmentFilter>

export const PageQuery = Type.Object({ limit: Limit, cursor: Cursor }, { additionalProperties: false })
export type PageQuery = Static<typeof PageQuery>

/** Ids of events are Postgres's `integer`. */
const MAX_EVENT_ID = 2_147_483_647

export const EventQuery = Type.Object(
  {
    limit: Limit,
    after: Type.Optional(
      Type.Integer({ minimum: 0, maximum: MAX_EVENT_ID, description: 'Only events with a greater id' })
    )
  },
  { additionalProperties: false }
)
