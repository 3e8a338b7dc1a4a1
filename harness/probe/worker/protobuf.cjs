/** Writes messages of protocol buffers. https://protobuf.dev/programming-guides/encoding */
const VARINT = 0
const LENGTH_DELIMITED = 2

class Message {
  #parts = []
  #length = 0

  /** Zero is what a missing field means, and is left out. @param value a whole number that is not negative, or a bigint */
  integer(field, value) {
    if (value === 0 || value === 0n) return this
    this.#add(varint((field << 3) | VARINT), varint(value))
    return this
  }

  text(field, value) {
    return this.#content(field, Buffer.from(value, 'utf8'))
  }

  message(field, value) {
    return this.#content(field, value.bytes())
  }

  packed(field, values) {
    return this.#content(field, Buffer.concat(values.map(varint)))
  }

  bytes() {
    return Buffer.concat(this.#parts, this.#length)
  }

  #content(field, bytes) {
    this.#add(varint((field << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes)
    return this
  }

  #add(...parts) {
    for (const part of parts) {
      this.#parts.push(part)
      this.#length += part.length
    }
  }
}

function varint(value) {
  const bytes = []
  let left = BigInt(value)
  while (left > 127n) {
    bytes.push(Number(left & 127n) | 128)
    left >>= 7n
  }
  bytes.push(Number(left))
  return Buffer.from(bytes)
}

module.exports = { Message }
