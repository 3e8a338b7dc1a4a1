/** A page of orders, with the day of delivery in the zone of the shop. */
import { require, serve } from '../serve.js'

const { DateTime } = require('luxon')
const orders = Array.from({ length: 40 }, (_, at) => ({
  id: at,
  name: `order ${at}`,
  price: at * 1.5,
  paid: at % 2,
}))

serve(() => {
  const time = DateTime.fromObject({ year: 2026, month: 3, day: 4, hour: 9 }, { zone: 'Europe/Berlin' })
  const delivery = time.plus({ days: 7 }).toFormat('yyyy-MM-dd HH:mm')
  return JSON.stringify({ delivery, orders }).length
})
