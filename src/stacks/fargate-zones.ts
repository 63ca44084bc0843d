/**
 * Regions where Fargate is not in every availability zone, with the ids of the zones that have it (Amazon ECS developer
 * guide, "Supported Regions for Amazon ECS on AWS Fargate"). A task placed in a subnet of another zone never starts.
 */
const FARGATE_ZONES: Readonly<Record<string, readonly string[]>> = {
  'us-east-1': ['use1-az1', 'use1-az2', 'use1-az4', 'use1-az5', 'use1-az6'],
  'us-west-1': ['usw1-az1', 'usw1-az3'],
  'ca-central-1': ['cac1-az1', 'cac1-az2', 'cac1-az4'],
  'ap-northeast-1': ['apne1-az1', 'apne1-az2', 'apne1-az4'],
  'cn-north-1': ['cnn1-az1', 'cnn1-az2']
}

/** Ids of the zones of a region that have Fargate; undefined where all have. */
export const fargateZones = (region: string): readonly string[] | undefined => FARGATE_ZONES[region]
