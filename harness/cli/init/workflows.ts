/** Workflows as `init` writes them, and as the documentation shows them. */

export const GITHUB_WORKFLOW = `name: flamegate

on:
  pull_request:

permissions:
  contents: read
  pull-requests: write # for the comment

jobs:
  flamegate:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0 # the merge base has to be there
      - uses: actions/setup-node@v5
        with:
          node-version: 24
          cache: npm
      - run: npm ci
      - uses: ./node_modules/flamegate
        with:
          budget: 10m
`

export const GITLAB_WORKFLOW = `flamegate:
  image: node:24
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: '0' # the merge base has to be there
  timeout: 30 minutes
  script:
    - npm ci
    - npx --no-install flamegate ci --budget 10m --output flamegate-report
  artifacts:
    when: always
    paths:
      - flamegate-report
    reports:
      junit: flamegate-report/junit.xml
`
