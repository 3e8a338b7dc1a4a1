import { require, serve } from '../serve.js'

const handlebars = require('handlebars')
const page = handlebars.compile(
  '<ul>{{#each items}}<li class="{{kind}}">{{name}}: {{price}}</li>{{/each}}</ul>',
)
const items = Array.from({ length: 30 }, (_, at) => ({ kind: 'row', name: `item ${at}`, price: at }))

serve(() => page({ items }).length)
