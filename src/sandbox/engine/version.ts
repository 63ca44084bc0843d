/**
 * What `version` prints and the manifest of every checkpoint carries. The Automation API parses it as semver and uses
 * `--event-log tcp://` only above 3.205.0; the real CLI that was compared with is 3.260.0. Build metadata tells the
 * sandbox apart and changes no comparison.
 */
export const engineVersion = 'v3.260.0+sandbox'
