'use strict'
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}
module.exports = { fib }
