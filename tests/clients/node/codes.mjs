// Prints the codes that the official schema allows in an Assembly Status, as JSON.
import { assemblyStatusErrCodeSchema } from '../node_modules/@transloadit/node/dist/alphalib/types/assemblyStatus.js'

console.log(JSON.stringify(assemblyStatusErrCodeSchema.options))
