#!/usr/bin/env node
// The command line is TypeScript: the loader is this project's own, from whichever folder the command is called.
require('esbuild-register')
require('../src/cli/main.ts')
