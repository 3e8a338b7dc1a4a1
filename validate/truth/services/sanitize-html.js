import { require, serve } from '../serve.js'

const clean = require('sanitize-html')
const comment =
  '<p class="x">Some <b>text</b> with <script>alert(1)</script><a href="https://example.com">a link</a></p>'

serve(() => clean(comment).length)
