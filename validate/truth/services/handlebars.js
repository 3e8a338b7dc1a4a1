/** A page of rows that share a partial. */
import { require, serve } from '../serve.js'

const handlebars = require('handlebars')
handlebars.registerPartial('row', '<li class="{{kind}}">{{name}}: {{price}}</li>')
const page = handlebars.compile('<ul>{{#each items}}{{> row}}{{/each}}</ul>')
const items = Array.from({ length: 30 }, (_, at) => ({ kind: 'row', name: `item ${at}`, price: at }))

serve(() => page({ items }).length)
