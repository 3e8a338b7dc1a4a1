import { require, serve } from '../serve.js'

const semver = require('semver')
const versions = Array.from({ length: 20 }, (_, at) => `${at % 4}.${at}.${at % 7}`)

serve(() => versions.filter(version => semver.satisfies(version, '^1.2.0 || >=3.1.0 <4')).length)
