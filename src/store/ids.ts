import { typeidUnboxed } from 'typeid-js'

/** Makes the ids of new rows; passed in so that a test can replace it. */
export interface Ids {
  environment (): string
  operation (): string
  key (): string
}

/** TypeIDs over UUIDv7: they sort by the time of creation, to the accuracy of this host's clock. */
export function createIds (): Ids {
  return {
    environment: () => typeidUnboxed('env'),
    operation: () => typeidUnboxed('op'),
    key: () => typeidUnboxed('key')
  }
}
