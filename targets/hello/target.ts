import { defineTarget } from 'flamegate'

/** `GREETER=template|concat` */
export const hello = defineTarget({
  name: 'hello',
  command: ['node', 'server.js'],
  directory: import.meta.dirname,
})
