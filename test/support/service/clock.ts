// Loaded before a service (`node --import`): sets its clock wrong by the seconds after `#` in this module's URL.
const offsetMs = Number(new URL(import.meta.url).hash.slice(1)) * 1000
const RightDate = Date

globalThis.Date = class extends RightDate {
  constructor (value: number | string | Date = RightDate.now() + offsetMs) {
    super(value)
  }

  static override now (): number { return RightDate.now() + offsetMs }
} as DateConstructor
