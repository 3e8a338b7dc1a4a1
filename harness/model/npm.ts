/** The script of `package.json` by which this program was started; `npx` runs none, though it names one after itself. */
export const npmScript = (environment: Record<string, string | undefined>): string | undefined =>
  environment.npm_command === 'exec' ? undefined : environment.npm_lifecycle_event
