// Loaded before a service (`node --import`): its clock goes wrong by as many seconds as the `#` of this module's URL says.
const offsetMs = Number(new URL(import.meta.url).hash.slice(1)) * 1000
const RightDate = Date

globalThis.Date = class extends RightDate {
  constructor (value: number | string | Date = RightDate.now() + offsetMs) {
    super(value)
  }

  static override now (): number { return RightDate.now() + offsetMs }
} as DateConstructor
