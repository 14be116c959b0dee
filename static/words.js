/** Numbers as people say them. */

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB']

/** In steps of 1024, as Uppy's Dashboard counts. */
export function size(bytes) {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  const number = bytes / 1024 ** power
  return `${power && number < 10 ? number.toFixed(1) : Math.round(number)} ${UNITS[power]}`
}

export function duration(seconds) {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, '0')} min`
}

export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`
}
