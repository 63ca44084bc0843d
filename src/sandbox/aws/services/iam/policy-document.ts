import { ApiError } from '../../model/errors.ts'
import { isProps, parseJson, textProperty, type Props, type Value } from '../../values.ts'

const list = (value: Value | undefined): Value[] => value === undefined ? [] : Array.isArray(value) ? value : [value]

function statementsOf (document: Props): Props[] {
  return list(document['Statement']).filter(isProps)
}

/** The services a role's trust policy lets assume it, conditions aside. */
export function trusts (role: Props, service: string): boolean {
  const document = parseJson(textProperty(role, 'assumeRolePolicy'))
  if (!isProps(document)) return false
  return statementsOf(document).some((statement) => {
    const principal = statement['Principal']
    return (
      textProperty(statement, 'Effect') === 'Allow' &&
      isProps(principal) &&
      list(principal['Service']).includes(service)
    )
  })
}

/** IAM's checks of a policy document. `kind` decides whether statements name principals or resources. */
export function checkPolicy (source: string, kind: 'trust' | 'identity' | 'bucket'): void {
  const refuse = (message: string): never => { throw new ApiError(malformed(kind), message) }
  const document = parseJson(source)
  if (!isProps(document)) {
    return refuse(kind === 'trust' ? 'This policy contains invalid Json' : 'Syntax errors in policy.')
  }
  if (document['Version'] !== undefined && !['2012-10-17', '2008-10-17'].includes(textProperty(document, 'Version'))) {
    return refuse('The policy must contain a valid version string')
  }
  const statements = statementsOf(document)
  if (statements.length === 0) {
    return refuse(
      kind === 'trust' ? 'AssumeRolepolicy must contain at least one statement' : 'Syntax errors in policy.'
    )
  }
  for (const statement of statements) checkStatement(statement, kind, refuse)
}

function checkStatement (
  statement: Props,
  kind: 'trust' | 'identity' | 'bucket',
  refuse: (message: string) => never
): void {
  if (!['Allow', 'Deny'].includes(textProperty(statement, 'Effect'))) return refuse('Syntax errors in policy.')
  const actions = [...list(statement['Action']), ...list(statement['NotAction'])]
  if (actions.length === 0) return refuse('Policy statement must contain actions.')
  for (const action of actions) {
    if (typeof action !== 'string' || !(action === '*' || /^[a-zA-Z0-9-]+:[\w*?]+$/.test(action))) {
      return refuse('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
    }
  }
  if (kind === 'trust') return checkTrust(statement, refuse)
  const resources = [...list(statement['Resource']), ...list(statement['NotResource'])]
  if (resources.length === 0) return refuse('Policy statement must contain resources.')
  for (const resource of resources) {
    if (resource !== '*' && !(typeof resource === 'string' && /^arn:aws[\w-]*:/.test(resource))) {
      return refuse(`Resource ${JSON.stringify(resource)} must be in ARN format or "*".`)
    }
  }
  if (kind === 'identity' && statement['Principal'] !== undefined) {
    return refuse('Policy document should not specify a principal.')
  }
  if (kind === 'bucket' && statement['Principal'] === undefined) return refuse('Missing required field Principal')
}

function checkTrust (statement: Props, refuse: (message: string) => never): void {
  if (statement['Resource'] !== undefined) return refuse('Has prohibited field Resource')
  const principal = statement['Principal']
  if (principal === undefined) return refuse('Missing required field Principal')
  if (!isProps(principal)) return
  for (const service of list(principal['Service'])) {
    if (typeof service !== 'string' || !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(service)) {
      return refuse(`Invalid principal in policy: "SERVICE":"${String(service)}"`)
    }
  }
  const actions = list(statement['Action'])
  if (!actions.every((action) => String(action).startsWith('sts:'))) {
    refuse('AssumeRole policy may only specify STS AssumeRole actions.')
  }
}

function malformed (kind: string): string {
  return kind === 'bucket' ? 'MalformedPolicy' : 'MalformedPolicyDocument'
}
