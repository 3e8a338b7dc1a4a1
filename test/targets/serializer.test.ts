import { expect, test } from 'vitest'
import { payloads } from '../../targets/serializer/payloads.js'
import { serializers } from '../../targets/serializer/serializers.js'

type Route = keyof typeof payloads

test.each(Object.keys(payloads) as Route[])('the three serialisers write the same bytes for /%s', route => {
  const written = Object.values(serializers).map(prepare => prepare()[route]!(payloads[route]))
  expect(written).toEqual([written[0], written[0], written[0]])
  expect(JSON.parse(written[0]!)).toEqual(payloads[route])
})
