// node validate.mjs FOLDER DOCUMENT: reads DOCUMENT with the parser installed in FOLDER; ends 1 when it is not valid.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'

const [folder, path] = process.argv.slice(2)
const { Parser } = createRequire(join(folder, 'package.json'))('@asyncapi/parser')

const WARNING = 1 // errors are 0; hints and the news that a later AsyncAPI exists are above
const { document, diagnostics } = await new Parser().parse(readFileSync(path, 'utf8'), { source: path })
const wrong = diagnostics.filter(({ severity }) => severity <= WARNING)
for (const { range, path: place, message } of wrong) {
  console.error(`${basename(path)}:${range.start.line + 1}: ${place.join(' > ')}: ${message}`)
}
if (wrong.length > 0 || !document) {
  console.error(`${basename(path)} is not a valid AsyncAPI document`)
  process.exitCode = 1
} else {
  const [channels, operations] = [document.channels().length, document.operations().length]
  console.log(`${basename(path)} is valid AsyncAPI ${document.version()}: ${channels} channels, ${operations} operations`)
}
