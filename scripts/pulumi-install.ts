import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PulumiCommand } from '@pulumi/pulumi/automation/index.js'
import aws from '@pulumi/aws/package.json' with { type: 'json' }
import sdk from '@pulumi/pulumi/package.json' with { type: 'json' }

/**
 * Installs the `pulumi` CLI of the SDK's own version and the resource plugin of exactly the version of @pulumi/aws into
 * BATCHYARD_PULUMI_ROOT (`bin` and `plugins`), where the service looks for them. What is there already stays.
 */
const { BATCHYARD_PULUMI_ROOT: folder } = process.env
if (folder === undefined || folder === '') {
  console.error(
    'Set BATCHYARD_PULUMI_ROOT to the folder to install into, for instance /opt/pulumi; ' +
    'the service needs the same setting.'
  )
  process.exit(2)
}
const root = resolve(folder)
console.log(`pulumi v${sdk.version} into ${join(root, 'bin')} …`)
const { command, version } = await PulumiCommand.install({ root })
console.log(`pulumi v${String(version)}`)
console.log(`plugin aws v${aws.version} into ${join(root, 'plugins')} …`)
await promisify(execFile)(command, ['plugin', 'install', 'resource', 'aws', `v${aws.version}`, '--non-interactive'], {
  env: { ...process.env, PULUMI_HOME: root, PULUMI_SKIP_UPDATE_CHECK: 'true' }
})
console.log('done')
