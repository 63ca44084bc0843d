import { Type } from 'typebox'
import { oneOf } from '../names.ts'
import { field, group } from './declare.ts'

/**
 * What a deletion may take with it. A query parameter of the DELETE overrides each field; one of a PATCH or PUT
 * overrides `jobs` only.
 */
export const deletion = group({
  protected: field(Type.Boolean({ description: 'Refuse to delete the environment' }), { default: false }),
  bucket: field(oneOf(['refuse', 'empty', 'retain'], {
    description: '`refuse`: a bucket with objects stops the deletion before anything is torn down; ' +
      '`empty`: delete the objects; `retain`: the bucket stays in the account'
  }), { default: 'refuse' }),
  jobs: field(oneOf(['refuse', 'terminate'], {
    description: '`refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute ' +
      'away, before anything is touched; `terminate`: end them'
  }), { default: 'refuse' }),
  logs: field(oneOf(['delete', 'retain'], {
    description: '`retain`: the log group stays in the account'
  }), { default: 'delete' })
})
