import { ApiError } from '../model/errors.ts'
import { isProps, parseJson, type Props, type Value } from '../values.ts'
import type { Protocol } from './operation.ts'
import { s3Operation } from '../services/s3/api.ts'
import { element } from './xml.ts'

/** A request as it came. */
interface Incoming { method: string, url: URL, target: string, body: string }

/** What is asked for. */
export interface Asked { operation: string, input: Props }

export interface Answer { status: number, headers: Record<string, string>, body: string }

interface Writing {
  read: (incoming: Incoming) => Asked
  write: (operation: string, output: Props, requestId: string) => Answer
  refuse: (error: ApiError, requestId: string) => Answer
}

const AMZ_JSON = 'application/x-amz-json-1.1'

/** How each of AWS's protocols writes requests, answers and errors. */
export const protocols: Readonly<Record<Protocol, Writing>> = {
  json: {
    read: ({ target, body }) => ({ operation: target.split('.').at(-1) ?? '', input: json(body) }),
    write: (_operation, output, id) =>
      answer(200, JSON.stringify(output), { 'content-type': AMZ_JSON, 'x-amzn-requestid': id }),
    refuse: ({ status, code, message }, id) =>
      answer(status, JSON.stringify({ __type: code, message }), { 'content-type': AMZ_JSON, 'x-amzn-requestid': id })
  },
  'rest-json': {
    // Batch has one path per operation, which is its name in lower case.
    read: ({ url, body }) => ({ operation: url.pathname.replace(/^\/v1\//, ''), input: json(body) }),
    write: (_operation, output, id) =>
      answer(200, JSON.stringify(output), { 'content-type': 'application/json', 'x-amzn-requestid': id }),
    refuse: ({ status, code, message }, id) =>
      answer(status, JSON.stringify({ message }), {
        'content-type': 'application/json',
        'x-amzn-requestid': id,
        'x-amzn-errortype': code
      })
  },
  query: {
    read: readForm,
    write: (operation, output, id) =>
      xml(
        200,
        element(`${operation}Response`, { [`${operation}Result`]: output, ResponseMetadata: { RequestId: id } }),
        id
      ),
    refuse: ({ status, code, message }, id) =>
      xml(
        status,
        element('ErrorResponse', {
          Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
          RequestId: id
        }),
        id
      )
  },
  ec2: {
    read: readForm,
    write: (operation, output, id) => xml(200, element(`${operation}Response`, { requestId: id, ...output }), id),
    refuse: ({ status, code, message }, id) =>
      xml(status, element('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: id }), id)
  },
  s3: {
    read: ({ method, url, body }) => {
      const [bucket = '', ...key] = url.pathname.slice(1).split('/').map(decodeURIComponent)
      const at = { bucket, key: key.join('/') }
      const { 'x-id': _id, ...query } = Object.fromEntries(url.searchParams)
      return {
        operation: s3Operation(method, at, url.searchParams),
        input: { Bucket: bucket, ...(at.key !== '' && { Key: at.key }), ...query, ...(body !== '' && { Body: body }) }
      }
    },
    write: (operation, output, id) =>
      xml(operation === 'AbortMultipartUpload' ? 204 : 200, element(S3_ROOTS[operation] ?? 'Result', output), id),
    refuse: ({ status, code, message }, id) =>
      xml(status, element('Error', { Code: code, Message: message, RequestId: id, HostId: id }), id)
  }
}

const S3_ROOTS: Readonly<Record<string, string>> = {
  ListObjectVersions: 'ListVersionsResult',
  DeleteObjects: 'DeleteResult',
  ListMultipartUploads: 'ListMultipartUploadsResult'
}

function json (body: string): Props {
  const parsed = body === '' ? {} : parseJson(body)
  if (!isProps(parsed)) throw new ApiError('SerializationException', 'the body is not a JSON object')
  return parsed
}

/** `Filter.1.Value.2=x` is the second value of the first filter. */
function readForm ({ body }: Incoming): Asked {
  const { Action = '', Version: _version, ...parameters } = Object.fromEntries(new URLSearchParams(body))
  const input: Props = {}
  for (const [path, value] of Object.entries(parameters)) place(input, path.split('.'), value)
  return { operation: Action, input: listsIn(input) as Props }
}

function place (into: Props, [key = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) into[key] = value
  else {
    const inner = into[key]
    const next = isProps(inner) ? inner : {}
    into[key] = next
    place(next, rest, value)
  }
}

/** Blocks whose keys are numbers are lists. */
function listsIn (value: Value): Value {
  if (!isProps(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, listsIn(inner)] as const)
  return entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))
    ? entries.map(([, inner]) => inner)
    : Object.fromEntries(entries)
}

function answer (status: number, body: string, headers: Record<string, string>): Answer {
  return { status, body, headers }
}

function xml (status: number, body: string, id: string): Answer {
  return answer(status, `<?xml version="1.0" encoding="UTF-8"?>\n${body}`, {
    'content-type': 'text/xml',
    'x-amzn-requestid': id,
    'x-amz-request-id': id
  })
}
