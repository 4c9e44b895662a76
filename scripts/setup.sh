# Installs and builds what is missing, for scripts/serve and scripts/check to source from the project's root.
# Each step leaves a stamp of what it was made from as its last act: done steps cost nothing, half-done ones are redone.

STAMPS=.setup
LOG=$STAMPS/log
mkdir -p "$STAMPS"
unset PYTHONHOME PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 DEBIAN_FRONTEND=noninteractive
child=

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# quietly WHAT COMMAND…: runs with its output in the log, shown when the command fails; a signal ends it with us.
quietly() {
    local what=$1
    shift
    say "$what"
    : >"$LOG"
    setsid "$@" >"$LOG" 2>&1 </dev/null &
    child=$!
    wait "$child" || { tail -n 25 "$LOG" >&2; fail "This failed: $what  (all of it: $LOG)"; }
    child=
}

stop_child() {
    trap - TERM INT
    if [ -n "$child" ]; then
        kill -TERM -- "-$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    exit "$1"
}
trap 'stop_child 143' TERM
trap 'stop_child 130' INT

# One set-up at a time in a checkout; the lock ends with the process.
exec 9>"$STAMPS/lock"
flock -n 9 || { say "Waiting for another set-up of this checkout."; flock 9; }

# stamp NAME FILES…: true when the step NAME was last done from these very files, in this place.
digest() { { pwd; cat -- "$@" 2>/dev/null || true; } | sha256sum | cut -d' ' -f1; }
is_done() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$(digest "${@:2}")" ]; }
mark_done() { digest "${@:2}" >"$STAMPS/$1"; }

# -- system packages ----------------------------------------------------------------------------------------------------

has_python() {
    for python in python3.11 python3; do
        "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    done
    return 1
}
has_postgis() { "${python:-python3}" -c 'from geodata import postgres; postgres.newest()' 2>/dev/null; }
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null

postgis_package() {
    local newest
    newest=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' 2>/dev/null | cut -d' ' -f1 | sort -V | tail -n 1)
    printf '%s' "${newest:-postgresql-15-postgis-3}"
}

# need_packages browser?: sees to Python, PostGIS (unless DATABASE_URL selects one) and, when asked, Chromium.
need_packages() {
    local missing=()
    has_python || missing+=(python3 python3-venv)
    [ -n "${DATABASE_URL:-}" ] && [ "$1" = none ] || has_postgis || missing+=("postgis")
    [ "$1" = browser ] && ! has_chromium && missing+=(chromium fonts-dejavu-core)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        fail "Please install what is missing and start again:  sudo apt-get install -y ${*/#postgis/$(postgis_package)}"
    fi
    quietly "Finishing interrupted package installations." dpkg --configure -a
    quietly "Reading the list of system packages." apt-get update
    local names="${*/#postgis/$(postgis_package)}"
    # shellcheck disable=SC2086 # several names
    quietly "Installing system packages: $names" apt-get install -y --no-install-recommends $names
}

# -- Python -------------------------------------------------------------------------------------------------------------

# Whole, and made in this very place: its programs carry their path.
venv_is_usable() { grep -q "^#!$PWD/.venv/" .venv/bin/pip && .venv/bin/python -m pip --version; } >/dev/null 2>&1

# need_python_packages NAME REQUIREMENTS…: the virtual environment with exactly the locked versions, and ourselves in it.
need_python_packages() {
    local name=$1
    shift
    [ -x .venv/bin/python ] && [ -x .venv/bin/mapapp ] && is_done "$name" "$@" pyproject.toml && return
    has_python || fail "Python 3.11 with venv is missing."
    if ! venv_is_usable; then
        quietly "Making the Python environment in .venv." "$python" -m venv --clear .venv
    fi
    local files=("${@/#/-r}")
    quietly "Installing Python packages ($*)." .venv/bin/python -m pip install --require-hashes "${files[@]}"
    quietly "Installing the application itself." \
        .venv/bin/python -m pip install --no-deps --no-build-isolation --no-index -e .
    mark_done "$name" "$@" pyproject.toml
}

# need_byte_code: our own modules compiled, for services that may not write where the code lies: each of their starts
# would compile all of them anew.
need_byte_code() {
    .venv/bin/python -m compileall -q mapapp geodata
}

# -- built files --------------------------------------------------------------------------------------------------------

npm_is_usable() { npm --version 2>/dev/null | grep -Eq '^([7-9]|[1-9][0-9]+)\.'; }

need_npm() {
    npm_is_usable && return
    if ! is_done node requirements-node.txt; then
        quietly "Making an environment for Node (only to fetch front-end files)." "$python" -m venv --clear "$STAMPS/node-env"
        quietly "Installing Node." "$STAMPS/node-env/bin/python" -m pip install --require-hashes -r requirements-node.txt
        mark_done node requirements-node.txt
    fi
    export PATH="$PWD/$STAMPS/node-env/bin:$PATH"
}

need_assets() {
    local sources=(package-lock.json scripts/vendor_assets scripts/vendor_assets.txt)
    [ -f mapapp/static/vendor/manifest.json ] && [ -d node_modules ] && is_done assets "${sources[@]}" && return
    has_python || true
    need_npm
    quietly "Fetching front-end files." npm ci --ignore-scripts
    quietly "Copying front-end files." .venv/bin/python scripts/vendor_assets
    mark_done assets "${sources[@]}"
}

need_units() {
    local sources=(package-lock.json requirements.txt scripts/build_units geodata/unit_build/*.py
        geodata/unit_names.py geodata/outlines.py geodata/text.py)
    [ -f geodata/built/manifest.json ] && is_done units "${sources[@]}" && return
    quietly "Building administrative units and boundaries." .venv/bin/python scripts/build_units
    mark_done units "${sources[@]}"
}
