import { require, serve } from '../serve.js'

const { marked } = require('marked')
const text =
  '# Title\n\nSome *text* with a [link](https://example.com) and `code`.\n\n- one\n- two\n\n> said\n'

serve(() => marked.parse(text, { mangle: false, headerIds: false }).length)
