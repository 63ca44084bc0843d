import type { Call } from '../../model/types.ts'
import { blocks, count, textProperty, textMap, texts, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import type { AwsApi } from '../../api/operation.ts'
import { pageOf } from '../../api/page.ts'

export const taggingApi: AwsApi = {
  id: 'Resource Groups Tagging API',
  protocol: 'json',
  operations: {
    GetResources: {
      on: 'read',
      type: 'tagging:GetResources',
      takes: ['TagFilters', 'ResourcesPerPage', 'PaginationToken'],
      run: getResources
    }
  }
}

/** It knows what is in the region and has tags: roles, which are in none, it does not. */
function getResources (input: Props, call: Call): Props {
  const filters = blocks(input, 'TagFilters')
  const found = [...call.world.items.values()]
    .filter(
      (item) =>
        item.account === call.account && item.region === call.region && isVisible(item) && item.status !== 'deleting'
    )
    .filter(
      (item) =>
        Object.keys(textMap(item.props, 'tagsAll')).length > 0 && filters.every((filter) => hasTag(item, filter))
    )
    .sort((a, b) => a.serial - b.serial)
  const { page, next } = pageOf(found, {
    size: count(input, 'ResourcesPerPage') ?? 50,
    after: textProperty(input, 'PaginationToken'),
    keyOf: (item) => textProperty(item.props, 'arn')
  })
  return {
    ResourceTagMappingList: page.map((item) => ({
      ResourceARN: textProperty(item.props, 'arn'),
      Tags: tagList(textMap(item.props, 'tagsAll'))
    })),
    PaginationToken: next ?? ''
  }
}

function hasTag (item: Item, filter: Props): boolean {
  const value = textMap(item.props, 'tagsAll')[textProperty(filter, 'Key')]
  const values = texts(filter, 'Values')
  return value !== undefined && (values.length === 0 || values.includes(value))
}

/** Tags as most of AWS's APIs write them. */
function tagList (tags: Record<string, string>): Props[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
