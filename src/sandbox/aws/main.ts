import { parseArgs } from 'node:util'
import { CloudProcess, fatal } from './process.ts'

const { values } = parseArgs({
  options: { data: { type: 'string' }, speed: { type: 'string' }, 'abandoned-after': { type: 'string' } }
})
if (values.data === undefined) {
  process.stderr.write(
    'usage: node src/sandbox/aws/main.ts --data DIR [--speed SECONDS-PER-AWS-SECOND] [--abandoned-after SECONDS]\n'
  )
  process.exit(2)
}

const abandoned = values['abandoned-after']
const cloud = await CloudProcess.start({
  dataDir: values.data,
  ...(values.speed !== undefined && { speed: Number(values.speed) }),
  ...(abandoned !== undefined && { abandonedSeconds: Number(abandoned) })
})
if (cloud) {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => { cloud.stop().catch(fatal) })
  process.on('SIGHUP', () => {})
} else {
  process.stdout.write('the sandbox AWS of this directory already runs\n')
}
