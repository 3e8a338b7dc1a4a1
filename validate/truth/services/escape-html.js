import { require, serve } from '../serve.js'

const escapeHtml = require('escape-html')
const comments = Array.from(
  { length: 20 },
  (_, at) => `Comment ${at}: a plain sentence, as most of them are${at % 4 ? '' : ' <b>&</b>'}`,
)

serve(() => comments.map(text => `<li>${escapeHtml(text)}</li>`).join('').length)
