import type { ResourceState } from '../../state/resource.ts'
import { Secret, isList, isProperties, mapValues } from '../../values/value.ts'
import type { Properties, PropertyValue } from '../../values/value.ts'

/**
 * Marks outputs as secret: those the resource option `additionalSecretOutputs` names, and, for a provider that was sent
 * plain values, those whose input was a secret.
 */
export function markSecrets (outputs: Properties, wanted: ResourceState, acceptsSecrets: boolean): Properties {
  const like = acceptsSecrets ? outputs : mapValues(outputs, (value, key) => alike(value, wanted.inputs[key]))
  return mapValues(like, (value, key) =>
    wanted.additionalSecretOutputs.includes(key) && !(value instanceof Secret) ? new Secret(value) : value
  )
}

function alike (output: PropertyValue, input: PropertyValue | undefined): PropertyValue {
  if (output instanceof Secret || input === undefined) return output
  if (input instanceof Secret) return new Secret(output)
  if (isList(output) && isList(input)) return output.map((item, index) => alike(item, input[index]))
  if (isProperties(output) && isProperties(input)) return mapValues(output, (value, key) => alike(value, input[key]))
  return output
}
