import { require, serve } from '../serve.js'

const { parse } = require('cookie')
const header = Array.from({ length: 12 }, (_, at) => `name${at}=value-${at}-of-a-cookie`).join('; ')

serve(() => {
  let found = 0
  for (let at = 0; at < 5; at++) found += Object.keys(parse(`${header}; last=${at}`)).length
  return found
})
