/** The shapes that records are made of. Limits are generous: a record beyond them is not one of ours. */
import { z } from 'zod'

export const text = z.string().max(100_000)
export const texts = z.array(text).max(10_000)
export const textMap = z.record(text, text)
export const figures = z.record(text, z.number())
export const base64 = z.string().max(64 * 2 ** 20)
/** The id of a collector, for example: it is part of a file's name. */
export const id = z.string().regex(/^\w[\w.-]{0,80}$/)
/** The id of a scenario or a variant, as people write it, on one line. File names are made from it. */
export const name = z.string().regex(/^[^\p{Cc}]{1,200}$/u)
/** HDR histograms of µs, V2-encoded. */
export const histograms = z.array(base64).max(1_000)
