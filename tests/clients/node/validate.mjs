// Reads Assembly Statuses, one a line, and prints what the official schema finds wrong with each, as JSON.
import { createInterface } from 'node:readline'

import { assemblyStatusSchema } from '../node_modules/@transloadit/node/dist/alphalib/types/assemblyStatus.js'

const faults = []
for await (const line of createInterface({ input: process.stdin })) {
  const status = JSON.parse(line)
  const { error } = assemblyStatusSchema.safeParse(status)
  if (error) faults.push({ status, issues: error.issues })
}
console.log(JSON.stringify(faults))
