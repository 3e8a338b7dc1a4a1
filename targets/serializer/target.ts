import { defineTarget } from 'flamegate'

/** `SERIALIZER=json|fast|safe` */
export const serializer = defineTarget({
  name: 'serializer',
  command: ['node', 'server.js'],
  directory: import.meta.dirname,
  ready: '/small',
})
